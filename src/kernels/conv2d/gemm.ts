import { linearGrid } from '../common/grid.js';
import { operand } from '../common/operand.js';
import type { Call, KernelLimits, Plan, Variant } from '../contract.js';
import { extentOf, vec4s } from '../layout.js';
import { epilogueConstants, epilogueIncludes, epilogueParameters } from './epilogue.js';
import combine from './gemm_combine.wgsl';
import common from './gemm_common.wgsl';
import partial from './gemm_partial.wgsl';
import whole from './gemm_whole.wgsl';
import { bySubgroupMatrix, byThread, type Product } from './gemm-product.js';
import { legal, preferred, scratchBytes, stepsOf, type Tile, workgroupsOf } from './gemm-tile.js';
import { type Conv2dAttributes, geometry, tapParameters } from './geometry.js';
import { packDispatch } from './pack-dispatch.js';
import { blocking, copyTaps, packBias, packedBias, packedWeights, packWeights } from './packing.js';

function plan(call: Call<Conv2dAttributes>, limits: KernelLimits, tile: Tile, product: Product): Plan {
  const g = geometry(call.inputs, call.attributes);
  const b = blocking(g, 8 * tile.cout4);
  const y = extentOf(operand(call.outputs, 'y', 'conv2d').shape);
  const [pixels, blocks] = workgroupsOf(call, tile);
  const { splits } = tile;
  const { body, includes, constants } = product.shader(call, limits, tile);
  const parameters = {
    ...tapParameters(call),
    cin4: b.cin4,
    blocks: b.blocksPerGroup,
    splits,
    steps_per_split: Math.ceil(stepsOf(g) / splits),
  };
  const name = `conv2d-gemm ${32 * tile.rows}×${32 * tile.cout4}${product.suffix}`;
  const end = epilogueParameters(call);
  const workgroups = [pixels, blocks, y.n * splits] as const;
  if (splits === 1)
    return {
      dispatches: [
        {
          shader: { name, body, includes: [...includes, common, ...epilogueIncludes, whole] },
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
        shader: { name: `${name} part`, body, includes: [...includes, common, partial] },
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

function gemmVariant(tile: Tile, product: Product): Variant<Conv2dAttributes> {
  const { rows, cout4, splits } = tile;
  return {
    name: `gemm ${32 * rows}×${32 * cout4}${splits > 1 ? ` split ${splits}` : ''}${product.suffix}`,
    legal: (call, limits) => legal(call, limits, tile) && product.legal(call, limits, tile),
    preferred: (call, limits) => product.preferred && preferred(call, limits, tile),
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
      dispatch: (input, call) =>
        input === 'weight' ? packDispatch(geometry(call.inputs, call.attributes), 8 * cout4) : undefined,
    },
    plan: (call, limits) => plan(call, limits, tile, product),
  };
}

const TILES: readonly Tile[] = [
  { rows: 2, cout4: 2, splits: 1 },
  { rows: 2, cout4: 1, splits: 1 },
  { rows: 1, cout4: 1, splits: 1 },
  { rows: 1, cout4: 1, splits: 4 },
  { rows: 1, cout4: 1, splits: 16 },
];

/** Implicit matrix products through workgroup memory, the largest tile first; those that split the sum are for few pixels. */
export const gemm: readonly Variant<Conv2dAttributes>[] = [
  ...TILES.map((tile) => gemmVariant(tile, bySubgroupMatrix)),
  ...TILES.map((tile) => gemmVariant(tile, byThread)),
];
