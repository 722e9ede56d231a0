import { copy } from '../../kernels/copy/copy.js';
import { extentOf } from '../../kernels/layout.js';
import { type Graph, type KernelNode, type Node, type Slice, Uses, type Value, withNodes } from '../graph.js';

const PARTS = ['a', 'b', 'c', 'd'] as const;

/** The value whose storage a value lives in, through views and slices. */
function storageOf(value: Value, uses: Uses, slices: ReadonlyMap<Value, Slice>): Value {
  const slice = slices.get(value);
  if (slice) return storageOf(slice.of, uses, slices);
  const producer = uses.producer(value);
  return producer?.kind === 'view' ? storageOf(producer.input, uses, slices) : value;
}

/**
 * Concatenations away: each part is written straight into its place. A part that cannot be (it is not a kernel's own
 * result, is a concatenation itself, already lies in another concatenation, must be readable by itself, or another
 * part is the same value or computed from it: a buffer cannot be read and written in one dispatch) is copied there.
 */
export function concatSlices(graph: Graph): Graph {
  const uses = new Uses(graph);
  const slices = new Map(graph.slices);
  const nodes: Node[] = [];
  for (const node of graph.nodes) {
    const whole = node.kind === 'kernel' && node.kernel.name === 'concat' ? node.outputs.y : undefined;
    if (node.kind !== 'kernel' || !whole || uses.isOutput(whole)) {
      nodes.push(node);
      continue;
    }
    const parts = PARTS.flatMap((name) => node.inputs[name] ?? []);
    const places = placesOf(parts, node.attributes.axis === 0);
    if (!places) {
      nodes.push(node);
      continue;
    }
    const inPlace = new Map<Value, KernelNode>();
    parts.forEach((part, i) => {
      const place = { of: whole, ...(places[i] ?? { firstPixel: 0, firstVec4: 0 }) };
      const producer = uses.producer(part);
      const isAlone = parts.every((other, j) => j === i || storageOf(other, uses, new Map()) !== part);
      const direct =
        producer?.kind === 'kernel' &&
        producer.kernel.name !== 'concat' &&
        Object.keys(producer.outputs).length === 1 &&
        !uses.isOutput(part) &&
        !slices.has(part) &&
        isAlone &&
        !meets(producer, part, inPlace, uses);
      if (direct) {
        slices.set(part, place);
        inPlace.set(part, producer);
        return;
      }
      const copied = { label: `${part.label}.copy`, spec: part.spec };
      slices.set(copied, place);
      nodes.push({
        kind: 'kernel',
        kernel: copy,
        label: copied.label,
        inputs: { x: part },
        outputs: { y: copied },
        attributes: {},
      });
    });
  }
  return { ...withNodes(graph, nodes), slices };

  /** Whether this producer reads one of the parts already in place, or one of theirs reads this part. */
  function meets(
    producer: KernelNode,
    part: Value,
    inPlace: ReadonlyMap<Value, KernelNode>,
    known: Uses,
  ): boolean {
    const reads = (reader: KernelNode, value: Value): boolean =>
      Object.values(reader.inputs).some((input) => storageOf(input, known, new Map()) === value);
    return [...inPlace].some(([other, writer]) => reads(producer, other) || reads(writer, part));
  }
}

/** Where each part begins, or undefined when a part's channels do not begin with a vec4. */
function placesOf(
  parts: readonly Value[],
  alongBatch: boolean,
): { firstPixel: number; firstVec4: number }[] | undefined {
  let pixels = 0;
  let channels = 0;
  const places = [];
  for (const { spec } of parts) {
    const { n, h, w, c } = extentOf(spec.shape);
    if (channels % 4 !== 0) return undefined;
    places.push({ firstPixel: pixels, firstVec4: channels / 4 });
    if (alongBatch) pixels += n * h * w;
    else channels += c;
  }
  return places;
}
