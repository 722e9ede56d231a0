import { inputError } from '../errors.js';
import type { Graph, KernelNode, Node } from '../graph/index.js';
import { countNotFinite } from '../kernels/count_not_finite/count_not_finite.js';
import { extentOf } from '../kernels/layout.js';

/**
 * Where the checked tensors are: at the ends of the network's parts, before anything that could swallow an infinity. Within a
 * backbone none is lost: it stays on the residual path, or becomes NaN, up to the last layer, which has no activation. ReLU
 * would swallow -∞, a clamp or a sigmoid either, so what goes into those is looked at.
 */
const CHECKED = [
  /(^|\.)final_layer$/,
  /^coatten_bn\d+\.relu$/,
  /^attention\.\w+_trans\.(query|key)$/,
  /^attention\.add$/,
  /^bnf\.relu$/,
  /^heatmap_ds\.0$/,
  /^heatmap_roi\.(1\.relu|3)$/,
];

/** The largest number of half precision; what is beyond is stored as infinity, or as this. */
const LARGEST_HALF = 65_504;

const PREFIX = 'not finite: ';

/**
 * The graph with a count of NaN, infinite and, in half precision, overflown elements of each image beside the tensors at the
 * ends of its parts, read by `assertFinite`. For optimised graphs: a second reader of a tensor keeps passes from fusing it away.
 */
export function withFiniteChecks(graph: Graph): Graph {
  const outputs = new Map(graph.outputs);
  const nodes = graph.nodes.flatMap((node): Node[] => {
    if (node.kind !== 'kernel') return [node];
    const checked = Object.values(node.outputs).find(({ label }) => CHECKED.some((end) => end.test(label)));
    if (!checked) return [node];
    const half = checked.spec.dtype === 'f16';
    const count = {
      label: `${checked.label}.not_finite`,
      spec: { shape: [extentOf(checked.spec.shape).n, 4], dtype: 'u32' as const },
    };
    const check: KernelNode = {
      kind: 'kernel',
      kernel: countNotFinite,
      label: count.label,
      inputs: { x: checked },
      outputs: { count },
      attributes: half ? { limit: LARGEST_HALF } : {},
    };
    outputs.set(`${PREFIX}${checked.label}`, count);
    return [node, check];
  });
  return { ...graph, nodes, outputs };
}

/** Names of the graph outputs that `assertFinite` reads, in running order. */
export const finiteChecksOf = (outputs: Iterable<string>): readonly string[] =>
  [...outputs].filter((name) => name.startsWith(PREFIX));

/** Of the counts of a tensor's images those of one: of one after the other where branches are merged into a batch. */
function countOf(counts: Float32Array, image: number, batch: number): number {
  const rows = counts.length / 4;
  let sum = 0;
  // What has no batch, as the attractors have none, is every image's.
  for (let row = rows === 1 ? 0 : image; row < rows; row += batch) sum += counts[4 * row] ?? 0;
  return sum;
}

/**
 * @param results of a run, by output
 * @param image of the run's `batch`
 * @param model the file's name
 * @throws ZianError (input) that names the first stage with an element that is not finite
 */
export function assertFinite(
  results: ReadonlyMap<string, Float32Array>,
  image: number,
  batch: number,
  model: string,
  dtype: 'f32' | 'f16',
): void {
  for (const [name, counts] of results) {
    if (!name.startsWith(PREFIX)) continue;
    const count = countOf(counts, image, batch);
    if (count === 0) continue;
    const what =
      dtype === 'f16' ? `NaN, infinite or beyond half precision's ${LARGEST_HALF}` : 'NaN or infinite';
    throw inputError(
      `${count} value(s) of the stage '${name.slice(PREFIX.length)}' are ${what}: ${model} does not work on this image${dtype === 'f16' ? ' in f16; try --dtype f32' : ''}.`,
    );
  }
}
