import { evaluate } from '../graph/constants.js';
import type { KernelNode } from '../graph/index.js';
import type { Call, RefTensor, Variant } from '../kernels/contract.js';
import { halfBitsFromFloatBits } from '../weights/float16.js';
import { float16ToFloat32 } from '../weights/index.js';
import { finiteWeights } from './finite-weights.js';
import type { LoadedZian } from './prepare.js';
import { type SourcePixels, writeSource } from './source.js';

/** A layer of the network that has just run, and its operands. */
export interface TracedLayer {
  readonly node: KernelNode;
  readonly call: Call;
  readonly variant: Variant;
  /** From 0, of `total`. */
  readonly index: number;
  readonly total: number;
  /**
   * An input or output by the operand's name: what lies on the device now. Weights and tables are evaluated anew, and
   * rounded as they are stored; so a fault in uploading them shows as well.
   */
  read(operand: string): Promise<RefTensor>;
}

/** Runs the network that `localize` runs, layer by layer. */
export async function traceLayers(
  { executable, file, name: source, config, graph }: LoadedZian,
  pixels: SourcePixels,
  visit: (layer: TracedLayer) => Promise<void>,
): Promise<void> {
  const readWeight = finiteWeights(file, source);
  writeSource(executable, pixels, config, false);
  let index = 0;
  const total = executable.steps.length;
  await executable.trace(async ({ step: { node, call, variant }, read }) => {
    const tensor = async (operand: string): Promise<RefTensor> => {
      const value = node.inputs[operand] ?? node.outputs[operand];
      if (!value) throw new Error(`${node.label} has no operand '${operand}'`);
      const { shape, dtype } = value.spec;
      const constant = graph.constants.get(value);
      if (!constant) return { shape, data: await read(operand) };
      return { shape, data: rounded(await evaluate(constant, readWeight), dtype) };
    };
    await visit({ node, call, variant, index: index++, total, read: tensor });
  });
}

/** As the device stores them. */
function rounded(values: Float64Array, dtype: string): Float64Array {
  if (dtype === 'f32') return values.map(Math.fround);
  if (dtype !== 'f16') return values;
  const bits = new Uint32Array(Float32Array.from(values).buffer);
  return Float64Array.from(float16ToFloat32(Uint16Array.from(bits, halfBitsFromFloatBits)));
}
