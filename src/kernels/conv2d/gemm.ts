import { linearGrid } from '../common/grid.js';
import { operand } from '../common/operand.js';
import type { Call, ConstantValue, KernelLimits, Plan, Variant } from '../contract.js';
import { extentOf, vec4s } from '../layout.js';
import { epilogueConstants, epilogueIncludes, epilogueParameters } from './epilogue.js';
import body from './gemm.wgsl';
import combine from './gemm_combine.wgsl';
import partial from './gemm_partial.wgsl';
import whole from './gemm_whole.wgsl';
import { type Conv2dAttributes, type ConvGeometry, geometry } from './geometry.js';
import { blocking, copyTaps, packBias, packedBias, packedWeights, packWeights } from './packing.js';

/** Vec4s of input channels per step, as in gemm.wgsl. */
const CHUNK = 4;
/** WebGPU's default limit of a binding, which scratch must not exceed on any device. */
const LARGEST_SCRATCH = 128 * 1024 * 1024;

/** A workgroup's share: 32 · rows pixels by 32 · cout4 channels, in `splits` parts of the sum. */
interface Tile {
  readonly rows: 1 | 2;
  readonly cout4: 1 | 2;
  readonly splits: number;
}

const stepsOf = (g: ConvGeometry): number => g.kernel[0] * g.kernel[1] * Math.ceil(vec4s(g.cin) / CHUNK);

/** Workgroups of a tile without splitting. */
function workgroupsOf(call: Call<Conv2dAttributes>, { rows, cout4 }: Tile): [number, number, number] {
  const { n, h, w, c } = extentOf(operand(call.outputs, 'y', 'conv2d').shape);
  return [Math.ceil((h * w) / (32 * rows)), Math.ceil(c / (32 * cout4)), n];
}

function scratchBytes(call: Call<Conv2dAttributes>, { splits }: Tile): number {
  const { n, h, w, c } = extentOf(operand(call.outputs, 'y', 'conv2d').shape);
  return 16 * splits * n * h * w * vec4s(c);
}

const sharedBytes = ({ rows, cout4 }: Tile): number => 16 * CHUNK * (32 * rows + 4 * 8 * cout4);

function legal(call: Call<Conv2dAttributes>, limits: KernelLimits, tile: Tile): boolean {
  const g = geometry(call.inputs, call.attributes);
  const x = operand(call.inputs, 'x', 'conv2d');
  const largest = Math.min(LARGEST_SCRATCH, limits.maxStorageBufferBindingSize);
  return (
    g.groups === 1 &&
    x.layout.block === 1 &&
    sharedBytes(tile) <= limits.maxComputeWorkgroupStorageSize &&
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
function preferred(call: Call<Conv2dAttributes>, limits: KernelLimits, tile: Tile): boolean {
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

function plan(call: Call<Conv2dAttributes>, tile: Tile): Plan {
  const g = geometry(call.inputs, call.attributes);
  const b = blocking(g, 8 * tile.cout4);
  const xOperand = operand(call.inputs, 'x', 'conv2d');
  const x = extentOf(xOperand.shape);
  const y = extentOf(operand(call.outputs, 'y', 'conv2d').shape);
  const [pixels, blocks] = workgroupsOf(call, tile);
  const { splits } = tile;
  const constants: Record<string, ConstantValue> = { ROWS: tile.rows, COUT4: tile.cout4 };
  const parameters = {
    x_h: x.h,
    x_w: x.w,
    x_offset: xOperand.layout.offset,
    x_stride: xOperand.layout.stride,
    kernel_h: g.kernel[0],
    kernel_w: g.kernel[1],
    stride_h: g.stride[0],
    stride_w: g.stride[1],
    padding_h: g.padding[0],
    padding_w: g.padding[1],
    dilation_h: g.dilation[0],
    dilation_w: g.dilation[1],
    cin4: b.cin4,
    blocks: b.blocksPerGroup,
    splits,
    steps_per_split: Math.ceil(stepsOf(g) / splits),
  };
  const name = `conv2d-gemm ${32 * tile.rows}×${32 * tile.cout4}`;
  const end = epilogueParameters(call);
  const workgroups = [pixels, blocks, y.n * splits] as const;
  if (splits === 1)
    return {
      dispatches: [
        {
          shader: { name, body, includes: [...epilogueIncludes, whole] },
          bindings: ['x', 'weight', 'bias', 'r0', 'r1', 'r2', 'y'],
          constants: { ...constants, ...epilogueConstants(call) },
          parameters: { ...parameters, ...end },
          workgroups,
        },
      ],
    };
  const grid = linearGrid(y.n * y.h * y.w * vec4s(y.c));
  const image = { y_n: y.n, y_h: y.h, y_w: y.w, y_c4: vec4s(y.c), images_per_branch: y.n / g.branches };
  return {
    dispatches: [
      {
        shader: { name: `${name} part`, body, includes: [partial] },
        bindings: ['x', 'weight', 'partial'],
        constants,
        parameters: { ...parameters, ...image },
        workgroups,
      },
      {
        shader: { name: 'conv2d-gemm-combine', body: combine, includes: epilogueIncludes },
        bindings: ['partial', 'bias', 'r0', 'r1', 'r2', 'y'],
        constants: epilogueConstants(call),
        parameters: { ...end, y_n: y.n, splits, row: grid.rowThreads },
        workgroups: grid.workgroups,
      },
    ],
    scratch: { partial: scratchBytes(call, tile) },
  };
}

function gemmVariant(tile: Tile): Variant<Conv2dAttributes> {
  const { rows, cout4, splits } = tile;
  return {
    name: `gemm ${32 * rows}×${32 * cout4}${splits > 1 ? ` split ${splits}` : ''}`,
    legal: (call, limits) => legal(call, limits, tile),
    preferred: (call, limits) => preferred(call, limits, tile),
    packing: {
      inputs: ['weight', 'bias'],
      length(input, call) {
        const g = geometry(call.inputs, call.attributes);
        return input === 'bias' ? packedBias(g) : packedWeights(g, 8 * cout4, g.kernel[0] * g.kernel[1]);
      },
      write(input, rowsOfConstant, call, out) {
        const g = geometry(call.inputs, call.attributes);
        const taps = g.kernel[0] * g.kernel[1];
        if (input === 'bias') packBias(rowsOfConstant, g, out);
        else packWeights(rowsOfConstant, g, 8 * cout4, taps, copyTaps(taps), out);
      },
    },
    plan: (call) => plan(call, tile),
  };
}

/** Implicit matrix products through workgroup memory, the largest tile first; those that split the sum are for few pixels. */
export const gemm: readonly Variant<Conv2dAttributes>[] = [
  gemmVariant({ rows: 2, cout4: 2, splits: 1 }),
  gemmVariant({ rows: 2, cout4: 1, splits: 1 }),
  gemmVariant({ rows: 1, cout4: 1, splits: 1 }),
  gemmVariant({ rows: 1, cout4: 1, splits: 4 }),
  gemmVariant({ rows: 1, cout4: 1, splits: 16 }),
];
