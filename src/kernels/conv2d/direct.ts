import { activationCode, activationInclude } from '../common/activation.js';
import { LINEAR_WORKGROUP } from '../common/grid.js';
import lanes from '../common/lanes.wgsl';
import { operand } from '../common/operand.js';
import type { Call, ConstantValue, KernelLimits, Operand, ShaderSource, Variant } from '../contract.js';
import { extentOf, vec4s } from '../layout.js';
import tile from './direct.wgsl';
import common from './direct_common.wgsl';
import subgroupTile from './direct_subgroup.wgsl';
import { type Conv2dAttributes, geometry, residuals } from './geometry.js';

/** How channels are split among vec4s and threads. */
interface Blocking {
  /** Groups as the shader runs them: 1 where a group's channels do not fill whole vec4s (the weight becomes block-diagonal). */
  readonly groups: number;
  readonly cin4: number;
  readonly cout4: number;
  readonly blocksPerGroup: number;
}

function blocking(call: Call<Conv2dAttributes>, vec4sPerThread: number): Blocking {
  const g = geometry(call.inputs, call.attributes);
  const aligned = (g.cin / g.groups) % 4 === 0 && (g.cout / g.groups) % 4 === 0;
  const groups = aligned ? g.groups : 1;
  const cout4 = vec4s(g.cout / groups);
  return { groups, cin4: vec4s(g.cin / groups), cout4, blocksPerGroup: Math.ceil(cout4 / vec4sPerThread) };
}

/**
 * Weights in the order the shader walks: [branch][group and block of output channels][ky][kx][input vec4]
 * [output vec4 of the block][input lane], a vec4 over output channels each.
 */
function packWeights(data: Float32Array, call: Call<Conv2dAttributes>, vec4sPerThread: number): Float32Array {
  const { kernel, groups, branches, cout, cin } = geometry(call.inputs, call.attributes);
  const b = blocking(call, vec4sPerThread);
  const [kh, kw] = kernel;
  const taps = kh * kw;
  const cinPerGroup = cin / groups;
  const coutPerGroup = cout / groups;
  const blockStride = taps * b.cin4 * 16 * vec4sPerThread;
  const tapStride = b.cin4 * 16 * vec4sPerThread;
  const out = new Float32Array(branches * b.groups * b.blocksPerGroup * blockStride);
  let from = 0;
  for (let branch = 0; branch < branches; branch++)
    for (let o = 0; o < cout; o++) {
      const group = Math.floor(o / coutPerGroup);
      // Channel numbers within the shader's group: the real group, or the whole tensor when it is block-diagonal.
      const oo = b.groups === 1 ? o : o % coutPerGroup;
      const firstI = b.groups === 1 ? group * cinPerGroup : 0;
      const outVec4 = oo >> 2;
      const block =
        (branch * b.groups + (b.groups === 1 ? 0 : group)) * b.blocksPerGroup +
        Math.floor(outVec4 / vec4sPerThread);
      const base = block * blockStride + (outVec4 % vec4sPerThread) * 16 + (oo & 3);
      for (let i = firstI; i < firstI + cinPerGroup; i++) {
        const at = base + (i >> 2) * 16 * vec4sPerThread + (i & 3) * 4;
        for (let tap = 0; tap < taps; tap++) out[at + tap * tapStride] = data[from++] ?? 0;
      }
    }
  return out;
}

/** Biases with each branch's channels padded to whole vec4s. */
function packBias(data: Float32Array, call: Call<Conv2dAttributes>): Float32Array {
  const { branches, cout } = geometry(call.inputs, call.attributes);
  const out = new Float32Array(branches * vec4s(cout) * 4);
  for (let b = 0; b < branches; b++) out.set(data.subarray(b * cout, (b + 1) * cout), b * vec4s(cout) * 4);
  return out;
}

const ABSENT = { layout: { offset: 0, stride: 0 } };

/** What tells the direct variants apart. */
interface Tile {
  readonly name: string;
  readonly body: ShaderSource['body'];
  readonly rows: 1 | 2;
  readonly vec4sPerThread: 1 | 2 | 4;
  readonly constants: (limits: KernelLimits) => Readonly<Record<string, ConstantValue>>;
  readonly legal: (y: Operand, call: Call<Conv2dAttributes>, limits: KernelLimits) => boolean;
}

function variant({ name, body, rows, vec4sPerThread, constants, legal }: Tile): Variant<Conv2dAttributes> {
  return {
    name,
    legal: (call, limits) => legal(operand(call.outputs, 'y', 'conv2d'), call, limits),
    packs: ['weight', 'bias'],
    pack: (input, data, call) =>
      input === 'weight' ? packWeights(data, call, vec4sPerThread) : packBias(data, call),
    plan(call, limits) {
      const g = geometry(call.inputs, call.attributes);
      const b = blocking(call, vec4sPerThread);
      const xOperand = operand(call.inputs, 'x', 'conv2d');
      const yOperand = operand(call.outputs, 'y', 'conv2d');
      const x = extentOf(xOperand.shape);
      const y = extentOf(yOperand.shape);
      const tiles = Math.ceil(y.w / 4) * Math.ceil(y.h / rows);
      const present = residuals(call.inputs, g.factors);
      const residualParameters = Object.fromEntries(
        ['r0', 'r1', 'r2'].flatMap((residual) => {
          const found = present.find(({ name: own }) => own === residual);
          const { layout } = found?.spec ?? ABSENT;
          return [
            [`${residual}_offset`, layout.offset],
            [`${residual}_stride`, layout.stride],
            // 0 says that there is none.
            [`${residual}_factor`, found?.factor ?? 0],
          ];
        }),
      );
      // No more threads than there are tiles: those of the subgroup's variant work in vain.
      const workgroup = Math.min(LINEAR_WORKGROUP, Math.max(16, 2 ** Math.ceil(Math.log2(tiles))));
      return {
        dispatches: [
          {
            shader: { name: `conv2d-${name}`, body, includes: [activationInclude, lanes, common] },
            bindings: ['x', 'weight', 'bias', 'r0', 'r1', 'r2', 'y'],
            constants: {
              WORKGROUP: workgroup,
              ...constants(limits),
              BLOCKED: xOperand.layout.block > 1,
              ACTIVATION: activationCode(g.activation === 'relu' ? 'none' : g.activation),
            },
            parameters: {
              x_h: x.h,
              x_w: x.w,
              x_offset: xOperand.layout.offset,
              x_stride: xOperand.layout.stride,
              x_block: xOperand.layout.block,
              y_h: y.h,
              y_w: y.w,
              y_c: y.c,
              y_c4: vec4s(y.c),
              y_offset: yOperand.layout.offset,
              y_stride: yOperand.layout.stride,
              kernel_h: g.kernel[0],
              kernel_w: g.kernel[1],
              stride_h: g.stride[0],
              stride_w: g.stride[1],
              padding_h: g.padding[0],
              padding_w: g.padding[1],
              dilation_h: g.dilation[0],
              dilation_w: g.dilation[1],
              relu: g.activation === 'relu' ? 1 : 0,
              cin4: b.cin4,
              cout4: b.cout4,
              blocks: b.groups * b.blocksPerGroup,
              blocks_per_group: b.blocksPerGroup,
              images_per_branch: y.n / g.branches,
              ...residualParameters,
            },
            workgroups: [Math.ceil(tiles / workgroup), b.groups * b.blocksPerGroup, y.n],
          },
        ],
      };
    },
  };
}

/** Channels computed by the subgroup's tile for each one that is wanted, at most. */
const WASTE = 1.4;

/** Fewer threads than this leave cores idle: smaller tiles are better then. */
const MANY_PIXELS = 1024;

/** A tile of 4 × ROWS pixels by COUT4 × 4 output channels, by threads that know nothing of each other. */
const threadTile = (
  rows: 1 | 2,
  vec4sPerThread: 1 | 2,
  legal: (y: Operand) => boolean,
): Variant<Conv2dAttributes> =>
  variant({
    name: `direct 4×${rows}×${4 * vec4sPerThread}`,
    body: tile,
    rows,
    vec4sPerThread,
    constants: () => ({ ROWS: rows, COUT4: vec4sPerThread }),
    legal,
  });

/** Direct convolution: weights shared by subgroups where there are small ones, or else by tiles of several sizes. */
export const direct: readonly Variant<Conv2dAttributes>[] = [
  variant({
    name: 'direct 4×1×16 by subgroup',
    body: subgroupTile,
    rows: 1,
    vec4sPerThread: 4,
    constants: ({ subgroupSize }) => ({ SUBGROUP: subgroupSize }),
    legal: (_, call, { subgroupSize }) => {
      const { cout4, blocksPerGroup } = blocking(call, 4);
      return [4, 8, 16].includes(subgroupSize) && 4 * blocksPerGroup <= WASTE * cout4;
    },
  }),
  threadTile(2, 2, ({ shape }) => {
    const { n, h, w, c } = extentOf(shape);
    return c > 4 && h > 1 && n * h * w >= MANY_PIXELS;
  }),
  threadTile(1, 2, ({ shape }) => extentOf(shape).c > 4),
  threadTile(2, 1, ({ shape }) => extentOf(shape).h > 1),
  threadTile(1, 1, () => true),
];
