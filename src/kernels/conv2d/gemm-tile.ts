import { operand } from '../common/operand.js';
import type { Call, KernelLimits } from '../contract.js';
import { extentOf, vec4s } from '../layout.js';
import { type Conv2dAttributes, type ConvGeometry, geometry } from './geometry.js';

/** Vec4s of input channels per step, as in gemm_common.wgsl. */
export const CHUNK = 4;
/** WebGPU's default limit of a binding, which scratch must not exceed on any device. */
const LARGEST_SCRATCH = 128 * 1024 * 1024;

/** A workgroup's share: 32 · rows pixels by 32 · cout4 channels, in `splits` parts of the sum. */
export interface Tile {
  readonly rows: 1 | 2;
  readonly cout4: 1 | 2;
  readonly splits: number;
}

/** Steps of the whole sum. */
export const stepsOf = (g: ConvGeometry): number =>
  g.kernel[0] * g.kernel[1] * Math.ceil(vec4s(g.cin) / CHUNK);

/** Workgroups of a tile without splitting. */
export function workgroupsOf(call: Call<Conv2dAttributes>, { rows, cout4 }: Tile): [number, number, number] {
  const { n, h, w, c } = extentOf(operand(call.outputs, 'y', 'conv2d').shape);
  return [Math.ceil((h * w) / (32 * rows)), Math.ceil(c / (32 * cout4)), n];
}

/** Bytes of the partial sums. */
export function scratchBytes(call: Call<Conv2dAttributes>, { splits }: Tile): number {
  const { n, h, w, c } = extentOf(operand(call.outputs, 'y', 'conv2d').shape);
  return 16 * splits * n * h * w * vec4s(c);
}

/** Whether a tile can do a call: ungrouped, pixels where they are, within the limits. */
export function legal(call: Call<Conv2dAttributes>, limits: KernelLimits, tile: Tile): boolean {
  const g = geometry(call.inputs, call.attributes);
  const x = operand(call.inputs, 'x', 'conv2d');
  const largest = Math.min(LARGEST_SCRATCH, limits.maxStorageBufferBindingSize);
  return (
    g.groups === 1 &&
    x.layout.block === 1 &&
    // Splits with nothing to do would still cost.
    2 * tile.splits <= stepsOf(g) &&
    (tile.splits === 1 || scratchBytes(call, tile) <= largest)
  );
}

/** With fewer workgroups than this a GPU's cores are idle, and smaller tiles are better. */
const ENOUGH_WORKGROUPS = 128;
/** Fewer input channels leave most of a step without work. */
const FEWEST_CHANNELS = 16;
/** Output channels that a tile computes for each one that is wanted, at most. */
const WASTE = 1.4;

/**
 * What real GPUs are built for; not measured on one yet, so that `zian tune` has the last word. Software adapters pay for
 * barriers and workgroup memory.
 */
export function preferred(call: Call<Conv2dAttributes>, limits: KernelLimits, tile: Tile): boolean {
  const { cin, cout } = geometry(call.inputs, call.attributes);
  const [x, y, z] = workgroupsOf(call, tile);
  const smallest = tile.rows === 1 && tile.cout4 === 1;
  return (
    !limits.software &&
    tile.splits === 1 &&
    cin >= FEWEST_CHANNELS &&
    y * 32 * tile.cout4 <= WASTE * cout &&
    (smallest || x * y * z >= ENOUGH_WORKGROUPS)
  );
}
