import { linearGrid, workgroupFor } from '../common/grid.js';
import { operand } from '../common/operand.js';
import { hasSmallSubgroups, spreadInclude } from '../common/subgroup.js';
import type { Call, ConstantValue, KernelLimits, ShaderSource, Variant } from '../contract.js';
import { extentOf, vec4s } from '../layout.js';
import { epilogueConstants, epilogueIncludes, epilogueParameters } from './epilogue.js';
import { type Conv2dAttributes, geometry } from './geometry.js';
import { packDispatch } from './pack-dispatch.js';
import { blocking, fillsBlocks, packBias, packedBias, packedWeights, packWeights } from './packing.js';
import weightsBySubgroup from './weights-by-subgroup.wgsl';
import weightsByThread from './weights-by-thread.wgsl';
import lines2 from './winograd_2.wgsl';
import lines4 from './winograd_4.wgsl';
import inputBody from './winograd_input.wgsl';
import outputBody from './winograd_output.wgsl';
import productBody from './winograd_product.wgsl';
import fewTilesBody from './winograd_product_few_tiles.wgsl';
import { filterTransform, POINTS_4, type TileSize } from './winograd-matrices.js';

const VEC4S_PER_THREAD = 4;
/** WebGPU's default limit of a binding, which scratch must not exceed on any device. */
const LARGEST_SCRATCH = 128 * 1024 * 1024;
/** With fewer channels the transforms are most of the work. */
const FEWEST_CHANNELS = 16;

/** The image's tiles, and what lies between the passes. */
interface Tiling {
  readonly rows: number;
  readonly columns: number;
  /** In all images. */
  readonly tiles: number;
  readonly transformedBytes: number;
  readonly productsBytes: number;
}

function tiling(call: Call<Conv2dAttributes>, tile: TileSize): Tiling {
  const g = geometry(call.inputs, call.attributes);
  const y = extentOf(operand(call.outputs, 'y', 'conv2d').shape);
  const rows = Math.ceil(y.h / tile);
  const columns = Math.ceil(y.w / tile);
  const tiles = y.n * rows * columns;
  const bytesPerVec4 = 16 * (tile + 2) ** 2 * tiles;
  return {
    rows,
    columns,
    tiles,
    transformedBytes: bytesPerVec4 * vec4s(g.cin),
    productsBytes: bytesPerVec4 * vec4s(g.cout),
  };
}

function legal(call: Call<Conv2dAttributes>, limits: KernelLimits, tile: TileSize): boolean {
  const g = geometry(call.inputs, call.attributes);
  const x = operand(call.inputs, 'x', 'conv2d');
  const weight = operand(call.inputs, 'weight', 'conv2d');
  const once = [...g.stride, ...g.dilation].every((step) => step === 1);
  const { transformedBytes, productsBytes } = tiling(call, tile);
  const largest = Math.min(LARGEST_SCRATCH, limits.maxStorageBufferBindingSize);
  return (
    g.kernel.every((size) => size === 3) &&
    once &&
    g.groups === 1 &&
    Math.min(g.cin, g.cout) >= FEWEST_CHANNELS &&
    fillsBlocks(g) &&
    x.layout.block === 1 &&
    // Rounded to half precision, the transformed weights would lose several bits more than the weights do.
    weight.dtype === 'f32' &&
    Math.max(transformedBytes, productsBytes) <= largest
  );
}

/** The second pass: which of its threads share loads, and of what. */
interface Product {
  readonly suffix: string;
  readonly body: ShaderSource['body'];
  readonly includes: NonNullable<ShaderSource['includes']>;
  readonly constants: (limits: KernelLimits) => Readonly<Record<string, ConstantValue>>;
  readonly legal: (limits: KernelLimits) => boolean;
  /** Where nothing has been measured. @param tiles of one branch */
  readonly preferred: (tiles: number) => boolean;
  /** Threads in a row, and rows, at one point of one branch. @param blocks of 16 output channels */
  readonly grid: (tiles: number, y4: number, blocks: number) => readonly [threads: number, rows: number];
}

/** Fewer tiles leave threads of a subgroup without work, where each does 4. */
const ENOUGH_TILES = 64;
/** What a thread does where threads differ in channels. */
const FEW_TILES = 16;

const byTile = {
  body: productBody,
  grid: (tiles: number, _y4: number, blocks: number): readonly [number, number] => [
    Math.ceil(tiles / 4),
    blocks,
  ],
};
const bySubgroup = {
  constants: ({ subgroupSize }: KernelLimits) => ({ SUBGROUP: subgroupSize }),
  legal: hasSmallSubgroups,
};

const BY_SUBGROUP: Product = {
  ...byTile,
  ...bySubgroup,
  suffix: ' by subgroup',
  includes: [spreadInclude, weightsBySubgroup],
  preferred: (tiles) => tiles >= ENOUGH_TILES,
};
const BY_THREAD: Product = {
  ...byTile,
  suffix: '',
  includes: [weightsByThread],
  constants: () => ({}),
  legal: () => true,
  preferred: () => false,
};
const FEW_BY_SUBGROUP: Product = {
  ...bySubgroup,
  suffix: ', few tiles by subgroup',
  body: fewTilesBody,
  includes: [spreadInclude],
  // Twice as fast by itself on CPUs, but over all of REFUGE's network 1 % on SwiftShader, and no more than noise on
  // lavapipe, while larger weights made loading half a second longer: layers with few tiles have the largest.
  preferred: () => false,
  grid: (tiles, y4) => [y4, Math.ceil(tiles / FEW_TILES)],
};

/**
 * Winograd's F(m, 3) in both directions, for 3×3 kernels with a stride of 1: (m + 2)² multiplications for m² outputs per
 * pair of channels, in place of 9 m². Three passes: tiles transformed, products at each point, tiles transformed back.
 */
function winogradVariant(tile: TileSize, product: Product): Variant<Conv2dAttributes> {
  const side = tile + 2;
  const lines = tile === 2 ? lines2 : lines4;
  const constants = {
    TILE: tile,
    ...(tile === 2 ? {} : { P: { f32: POINTS_4.p }, Q: { f32: POINTS_4.q } }),
  };
  return {
    name: `winograd ${tile}×${tile}${product.suffix}`,
    legal: (call, limits) => product.legal(limits) && legal(call, limits, tile),
    preferred: (call) =>
      product.preferred(tiling(call, tile).tiles / geometry(call.inputs, call.attributes).branches),
    // For 4: weights and sums of up to P³ = 2.8 times the values in both directions. Measured over 288 to 2304 products of
    // values in [-1, 1): 2.1 to 3.3 times a plain sum's error as root mean square, for 2: 0.66 to 0.95 times.
    errorFactor: tile === 4 ? 4 : 1,
    packing: {
      inputs: ['weight', 'bias'],
      length(input, call) {
        const g = geometry(call.inputs, call.attributes);
        return input === 'bias' ? packedBias(g) : packedWeights(g, VEC4S_PER_THREAD, side * side);
      },
      write(input, rows, call, out) {
        const g = geometry(call.inputs, call.attributes);
        if (input === 'bias') packBias(rows, g, out);
        else packWeights(rows, g, VEC4S_PER_THREAD, side * side, filterTransform(tile), out);
      },
      dispatch: (input, call) =>
        input === 'weight'
          ? packDispatch(geometry(call.inputs, call.attributes), VEC4S_PER_THREAD, tile)
          : undefined,
    },
    plan(call, limits) {
      const g = geometry(call.inputs, call.attributes);
      const { blocksPerGroup: blocks, cin4 } = blocking(g, VEC4S_PER_THREAD);
      const x = operand(call.inputs, 'x', 'conv2d');
      const { h, w } = extentOf(x.shape);
      const y4 = vec4s(g.cout);
      const { rows, columns, tiles, transformedBytes, productsBytes } = tiling(call, tile);
      const tilesPerBranch = tiles / g.branches;
      const inputGrid = linearGrid(tiles * cin4);
      const outputGrid = linearGrid(tiles * y4);
      const [threads, productRows] = product.grid(tilesPerBranch, y4, blocks);
      const workgroup = workgroupFor(threads);
      const image = { tiles, tiles_h: rows, tiles_w: columns };
      return {
        dispatches: [
          {
            shader: { name: `conv2d-winograd-${tile}-input`, body: inputBody, includes: [lines] },
            bindings: ['x', 'transformed'],
            constants: { ...constants, SIDE: side },
            parameters: {
              ...image,
              x_h: h,
              x_w: w,
              x_offset: x.layout.offset,
              x_stride: x.layout.stride,
              cin4,
              padding_h: g.padding[0],
              padding_w: g.padding[1],
              row: inputGrid.rowThreads,
            },
            workgroups: inputGrid.workgroups,
          },
          {
            shader: {
              name: `conv2d-winograd-product${product.suffix}`,
              body: product.body,
              includes: product.includes,
            },
            bindings: ['transformed', 'weight', 'products'],
            constants: { WORKGROUP: workgroup, ...product.constants(limits) },
            parameters: {
              points: side * side,
              tiles,
              tiles_per_branch: tilesPerBranch,
              cin4,
              y_c4: y4,
              blocks,
            },
            workgroups: [Math.ceil(threads / workgroup), productRows, side * side * g.branches],
          },
          {
            shader: {
              name: `conv2d-winograd-${tile}-output`,
              body: outputBody,
              includes: [...epilogueIncludes, lines],
            },
            bindings: ['products', 'bias', 'r0', 'r1', 'r2', 'y'],
            constants: { ...constants, SIDE: side, ...epilogueConstants(call) },
            parameters: { ...image, ...epilogueParameters(call), row: outputGrid.rowThreads },
            workgroups: outputGrid.workgroups,
          },
        ],
        scratch: { transformed: transformedBytes, products: productsBytes },
      };
    },
  };
}

export const winogradBySubgroup = [BY_SUBGROUP, FEW_BY_SUBGROUP].flatMap((product) => [
  winogradVariant(4, product),
  winogradVariant(2, product),
]);
export const winogradByThread = [winogradVariant(4, BY_THREAD), winogradVariant(2, BY_THREAD)];
