import { workgroupFor } from '../common/grid.js';
import { operand } from '../common/operand.js';
import { hasSmallSubgroups, spreadInclude } from '../common/subgroup.js';
import type { Call, ConstantValue, KernelLimits, Operand, ShaderSource, Variant } from '../contract.js';
import { extentOf } from '../layout.js';
import tile from './direct.wgsl';
import common from './direct_common.wgsl';
import subgroupTile from './direct_subgroup.wgsl';
import { epilogueConstants, epilogueIncludes, epilogueParameters } from './epilogue.js';
import { type Conv2dAttributes, geometry, tapParameters } from './geometry.js';
import { packDispatch } from './pack-dispatch.js';
import {
  blocking,
  copyTaps,
  fillsBlocks,
  packBias,
  packedBias,
  packedWeights,
  packWeights,
} from './packing.js';
import weightsBySubgroup from './weights-by-subgroup.wgsl';

/** What tells the direct variants apart. */
interface Tile {
  readonly name: string;
  readonly body: ShaderSource['body'];
  readonly includes: NonNullable<ShaderSource['includes']>;
  readonly rows: 1 | 2;
  readonly vec4sPerThread: 1 | 2 | 4;
  readonly constants: (limits: KernelLimits) => Readonly<Record<string, ConstantValue>>;
  readonly legal: (y: Operand, call: Call<Conv2dAttributes>, limits: KernelLimits) => boolean;
}

function variant({
  name,
  body,
  includes,
  rows,
  vec4sPerThread,
  constants,
  legal,
}: Tile): Variant<Conv2dAttributes> {
  return {
    name,
    legal: (call, limits) => legal(operand(call.outputs, 'y', 'conv2d'), call, limits),
    packing: {
      inputs: ['weight', 'bias'],
      length(input, call) {
        const g = geometry(call.inputs, call.attributes);
        return input === 'bias' ? packedBias(g) : packedWeights(g, vec4sPerThread, g.kernel[0] * g.kernel[1]);
      },
      write(input, rows, call, out) {
        const g = geometry(call.inputs, call.attributes);
        const taps = g.kernel[0] * g.kernel[1];
        if (input === 'bias') packBias(rows, g, out);
        else packWeights(rows, g, vec4sPerThread, taps, copyTaps(taps), out);
      },
      dispatch: (input, call) =>
        input === 'weight' ? packDispatch(geometry(call.inputs, call.attributes), vec4sPerThread) : undefined,
    },
    plan(call, limits) {
      const g = geometry(call.inputs, call.attributes);
      const b = blocking(g, vec4sPerThread);
      const xOperand = operand(call.inputs, 'x', 'conv2d');
      const y = extentOf(operand(call.outputs, 'y', 'conv2d').shape);
      const tiles = Math.ceil(y.w / 4) * Math.ceil(y.h / rows);
      const workgroup = workgroupFor(tiles);
      return {
        dispatches: [
          {
            shader: { name: `conv2d-${name}`, body, includes: [...epilogueIncludes, common, ...includes] },
            bindings: ['x', 'weight', 'bias', 'r0', 'r1', 'r2', 'y'],
            constants: {
              WORKGROUP: workgroup,
              ...constants(limits),
              BLOCKED: xOperand.layout.block > 1,
              ...epilogueConstants(call),
            },
            parameters: {
              ...tapParameters(call),
              x_block: xOperand.layout.block,
              cin4: b.cin4,
              cout4: b.cout4,
              blocks: b.groups * b.blocksPerGroup,
              blocks_per_group: b.blocksPerGroup,
              ...epilogueParameters(call),
            },
            workgroups: [Math.ceil(tiles / workgroup), b.groups * b.blocksPerGroup, y.n],
          },
        ],
      };
    },
  };
}

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
    includes: [],
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
    includes: [spreadInclude, weightsBySubgroup],
    rows: 1,
    vec4sPerThread: 4,
    constants: ({ subgroupSize }) => ({ SUBGROUP: subgroupSize }),
    legal: (_, call, limits) =>
      hasSmallSubgroups(limits) && fillsBlocks(geometry(call.inputs, call.attributes)),
  }),
  threadTile(2, 2, ({ shape }) => {
    const { n, h, w, c } = extentOf(shape);
    return c > 4 && h > 1 && n * h * w >= MANY_PIXELS;
  }),
  threadTile(1, 2, ({ shape }) => extentOf(shape).c > 4),
  threadTile(2, 1, ({ shape }) => extentOf(shape).h > 1),
  threadTile(1, 1, () => true),
];
