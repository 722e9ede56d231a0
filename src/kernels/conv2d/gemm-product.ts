import { operand } from '../common/operand.js';
import type { Call, ConstantValue, KernelLimits, SubgroupMatrixConfig } from '../contract.js';
import subgroupMatrixBody from './gemm_subgroup_matrix.wgsl';
import threadBody from './gemm_thread.wgsl';
import { CHUNK, type Tile } from './gemm-tile.js';
import type { Conv2dAttributes } from './geometry.js';

interface ProductShader {
  readonly body: string;
  readonly includes: readonly string[];
  readonly constants: Readonly<Record<string, ConstantValue>>;
}

/** How a workgroup multiplies a tile. */
export interface Product {
  /** Of the variant's name. */
  readonly suffix: string;
  /** Where nothing has been measured. */
  readonly preferred: boolean;
  legal(call: Call<Conv2dAttributes>, limits: KernelLimits, tile: Tile): boolean;
  shader(call: Call<Conv2dAttributes>, limits: KernelLimits, tile: Tile): ProductShader;
}

/** Scalars of the pixels' and the weights' share of a step. */
const sharedScalars = ({ rows, cout4 }: Tile): number => 4 * CHUNK * (32 * rows + 32 * cout4);

/** Each thread multiplies 4 × 4 blocks. */
export const byThread: Product = {
  suffix: '',
  preferred: true,
  legal: (_, limits, tile) => 4 * sharedScalars(tile) <= limits.maxComputeWorkgroupStorageSize,
  shader: (_, __, { rows, cout4 }) => ({
    body: threadBody,
    includes: [],
    constants: { ROWS: rows, COUT4: cout4 },
  }),
};

const SUBGROUPS = 4;

/**
 * The first configuration that sums up in f32, takes the operands as they are or in f32, and fills a subgroup's quarter of the
 * tile. Operands are not rounded to less than they have.
 */
function configFor(
  { inputs }: Call<Conv2dAttributes>,
  { subgroupMatrixConfigs = [] }: KernelLimits,
  { rows, cout4 }: Tile,
): SubgroupMatrixConfig | undefined {
  const types = [operand(inputs, 'x', 'conv2d').dtype, operand(inputs, 'weight', 'conv2d').dtype];
  const wanted = types.every((type) => type === 'f16') ? ['f16', 'f32'] : ['f32'];
  const fitting = subgroupMatrixConfigs.filter(
    ({ resultComponentType, M, N, K }) =>
      resultComponentType === 'f32' &&
      (16 * rows) % M === 0 &&
      (16 * cout4) % N === 0 &&
      N % 4 === 0 &&
      (4 * CHUNK) % K === 0,
  );
  return wanted.flatMap((type) => fitting.filter(({ componentType }) => componentType === type))[0];
}

/**
 * Four subgroups multiply matrices, by what GPUs have for that (tensor cores, simdgroup matrices). An experiment of Dawn's,
 * measured on no GPU yet: taken only where the tuner finds it right and faster.
 */
export const bySubgroupMatrix: Product = {
  suffix: ' by subgroup matrix',
  preferred: false,
  legal(call, limits, tile) {
    const config = configFor(call, limits, tile);
    if (!config || limits.subgroupSize === 0) return false;
    const { componentType, M, N } = config;
    const bytes = (componentType === 'f16' ? 2 : 4) * sharedScalars(tile) + 4 * SUBGROUPS * M * N;
    return (
      bytes <= limits.maxComputeWorkgroupStorageSize &&
      SUBGROUPS * limits.subgroupSize <= limits.maxComputeInvocationsPerWorkgroup
    );
  },
  shader(call, limits, tile) {
    const config = configFor(call, limits, tile);
    if (!config) throw new Error('conv2d: no subgroup matrices fit');
    const { componentType, M, N, K } = config;
    return {
      body: subgroupMatrixBody,
      includes: [`alias COMPONENT = ${componentType};`],
      constants: {
        SUBGROUP: limits.subgroupSize,
        PIXELS: 32 * tile.rows,
        CHANNELS: 32 * tile.cout4,
        M,
        N,
        K,
      },
    };
  },
};
