import { type Constant, evaluate, type Value, type ViewNode } from '../../src/graph/index.js';
import type { RefTensor } from '../../src/kernels/contract.js';
import { elementCount, extentOf } from '../../src/kernels/layout.js';
import { suites } from '../../src/kernels/suites.js';
import { seededInputs, type TestGraph } from './support.js';

const references = new Map(suites.map((suite) => [suite.kernel.name, suite]));

/** (n, h, w) row by row, channels last. */
function toPixels({ shape, data }: RefTensor): Float64Array {
  const { n, h, w, c } = extentOf(shape);
  if (shape.length !== 4) return data;
  const out = new Float64Array(data.length);
  for (let i = 0; i < n; i++)
    for (let k = 0; k < c; k++)
      for (let p = 0; p < h * w; p++) out[(i * h * w + p) * c + k] = data[(i * c + k) * h * w + p] ?? 0;
  return out;
}

function fromPixels(pixels: Float64Array, shape: readonly number[]): RefTensor {
  const { n, h, w, c } = extentOf(shape);
  if (shape.length !== 4) return { shape, data: pixels };
  const data = new Float64Array(pixels.length);
  for (let i = 0; i < n; i++)
    for (let k = 0; k < c; k++)
      for (let p = 0; p < h * w; p++) data[(i * c + k) * h * w + p] = pixels[(i * h * w + p) * c + k] ?? 0;
  return { shape, data };
}

function view(node: ViewNode, input: RefTensor): RefTensor {
  if (node.block !== 1) throw new Error(`${node.label}: blocks are the passes' own`);
  const { shape } = node.output.spec;
  const from = node.firstPixel * extentOf(shape).c;
  return fromPixels(toPixels(input).slice(from, from + elementCount(shape)), shape);
}

/**
 * The outputs of a graph as it was built, by the kernels' float64 references: what every optimized form of it has to
 * come close to.
 */
export async function referenceOutputs({ graph, readWeight }: TestGraph): Promise<Map<string, Float64Array>> {
  const known = new Map<Value, RefTensor>();
  const data = seededInputs(graph);
  for (const [name, value] of graph.inputs)
    known.set(value, { shape: value.spec.shape, data: Float64Array.from(data.get(name) ?? []) });
  const constant = async (value: Value, of: Constant): Promise<RefTensor> => ({
    shape: value.spec.shape,
    data: await evaluate(of, readWeight),
  });
  for (const [value, of] of graph.constants) known.set(value, await constant(value, of));
  const tensor = (value: Value): RefTensor => {
    const found = known.get(value);
    if (!found) throw new Error(`'${value.label}' is not computed yet`);
    return found;
  };
  for (const node of graph.nodes) {
    if (node.kind === 'view') {
      known.set(node.output, view(node, tensor(node.input)));
      continue;
    }
    const suite = references.get(node.kernel.name);
    if (!suite) throw new Error(`${node.kernel.name} has no reference`);
    const inputs = Object.fromEntries(
      Object.entries(node.inputs).map(([name, value]) => [name, tensor(value)]),
    );
    for (const [name, result] of Object.entries(suite.reference(inputs, node.attributes))) {
      const value = node.outputs[name];
      if (value) known.set(value, result);
    }
  }
  return new Map([...graph.outputs].map(([name, value]: [string, Value]) => [name, tensor(value).data]));
}
