import floatBits from '../common/float-bits.wgsl';
import { linearGrid } from '../common/grid.js';
import headLanes from '../common/head-lanes.wgsl';
import { type HeadAttributes, headedTokens, headParameters } from '../common/heads.js';
import { formatShape, operand } from '../common/operand.js';
import scores from '../common/scores.wgsl';
import softmaxPieces from '../common/softmax.wgsl';
import { hasSmallSubgroups, spreadInclude } from '../common/subgroup.js';
import type { Call, Dispatch, Kernel, KernelLimits, Variant } from '../contract.js';
import { extentOf, storageBytes, vec4s } from '../layout.js';
import combine from './attention-combine.wgsl';
import split from './attention-split.wgsl';
import streamed from './attention-streamed.wgsl';
import loadsBySubgroup from './loads-by-subgroup.wgsl';
import loadsByThread from './loads-by-thread.wgsl';
import { chunksOf, shareOf, splitFits } from './share.js';
import tile from './tile.wgsl';

export type AttentionAttributes = HeadAttributes;

const combineIncludes = [floatBits, softmaxPieces, headLanes];

/** How a tile reads keys and values. */
interface Loads {
  /** Appended to the variants' names. */
  readonly suffix: string;
  readonly includes: readonly string[];
  readonly constants: (call: Call<AttentionAttributes>, limits: KernelLimits) => Dispatch['constants'];
  readonly legal: (call: Call<AttentionAttributes>, limits: KernelLimits) => boolean;
}

/** As many as loads-by-subgroup.wgsl keeps in registers. */
const MOST_QUERY_VEC4S = 8;
const headVec4s = ({ inputs, attributes }: Call<AttentionAttributes>): number =>
  vec4s(headedTokens(inputs, attributes, 'attention').size);

const BY_SUBGROUP: Loads = {
  suffix: ' by subgroup',
  includes: [spreadInclude, loadsBySubgroup],
  constants: (call, { subgroupSize }) => ({ SUBGROUP: subgroupSize, SIZE4: headVec4s(call) }),
  legal: (call, limits) =>
    hasSmallSubgroups(limits) && !shareOf(call).masked && headVec4s(call) <= MOST_QUERY_VEC4S,
};
const BY_THREAD: Loads = { suffix: '', includes: [loadsByThread], constants: () => ({}), legal: () => true };

/** Per score: scaling, maximum, subtraction, exponential, sum. */
const FLOPS_PER_SCORE = 5;

/**
 * Softmax attention per head, y = softmax(scale · q kᵀ) v, which never stores the scores (online softmax, Milakov and
 * Gimelshein 2018): q [N or 1, Tq, heads · D], k [N, Tk, heads · D], v [N, Tk, heads · E] → y [N, Tq, heads · E]. With
 * `limit` [N, 4] an image's scores are clamped to ± its lane 0 first, unless that is 3e38 or more. Rows are NaN where
 * PyTorch's are: a NaN or +∞ among the (clamped) scores, or nothing but -∞.
 */
export const attention: Kernel<AttentionAttributes> = {
  name: 'attention',
  inputs: ['q', 'k', 'v', 'limit'],
  optional: ['limit'],
  outputs: ['y'],
  infer(inputs, attributes) {
    const { n, queries, keys } = headedTokens(inputs, attributes, 'attention');
    const q = operand(inputs, 'q', 'attention');
    const { shape } = operand(inputs, 'v', 'attention');
    const [vn, tokens, channels = 0] = shape;
    if (shape.length !== 3 || vn !== n || tokens !== keys || channels % attributes.heads !== 0)
      throw new Error(
        `attention: v is ${formatShape(shape)}, expected [${n}, ${keys}, C] with C a multiple of ${attributes.heads} heads`,
      );
    const limit = inputs.limit?.shape;
    if (limit && formatShape(limit) !== `[${n}, 4]`)
      throw new Error(`attention: limit is ${formatShape(limit)}, expected [${n}, 4]`);
    return { y: { shape: [n, queries, channels], dtype: q.dtype } };
  },
  cost(call) {
    const { inputs, outputs, attributes } = call;
    const { n, queries, keys, size } = headedTokens(inputs, attributes, 'attention');
    const v = operand(inputs, 'v', 'attention');
    const perHead = 2 * (size + extentOf(v.shape).c / attributes.heads) + FLOPS_PER_SCORE;
    const operands = [...Object.values(inputs), operand(outputs, 'y', 'attention')];
    return {
      flops: n * attributes.heads * queries * keys * perHead,
      bytes: operands.reduce((sum, spec) => sum + storageBytes(spec), 0),
    };
  },
  variants: [
    splitVariant(BY_SUBGROUP),
    splitVariant(BY_THREAD),
    streamedVariant(BY_SUBGROUP),
    streamedVariant(BY_THREAD),
  ],
};

/** For few queries: the keys are shared out as well, so that there are enough threads. */
function splitVariant(loads: Loads): Variant<AttentionAttributes> {
  return {
    name: `split${loads.suffix}`,
    legal: (call, limits) => loads.legal(call, limits) && splitFits(call, limits),
    plan(call, limits) {
      const { queryGroups, blocks, n } = shareOf(call);
      const { keysPerChunk, chunks, partialStride, chunkStride, scratchBytes } = chunksOf(call, limits);
      const y = operand(call.outputs, 'y', 'attention');
      const { w, c } = extentOf(y.shape);
      const { heads } = call.attributes;
      const { workgroups, rowThreads } = linearGrid(n * w * vec4s(c));
      return {
        dispatches: [
          {
            ...tileShader('attention-split', split, loads, call, limits),
            bindings: ['q', 'k', 'v', 'limit', 'partial'],
            parameters: {
              ...tileParameters(call),
              n,
              keys_per_chunk: keysPerChunk,
              partial_stride: partialStride,
            },
            workgroups: [queryGroups, blocks, n * chunks],
          },
          {
            shader: { name: 'attention-combine', body: combine, includes: combineIncludes },
            bindings: ['partial', 'y'],
            constants: {},
            parameters: {
              heads,
              out_size: c / heads,
              chunks,
              chunk_stride: chunkStride,
              partial_stride: partialStride,
              tokens: n * w,
              y_c4: vec4s(c),
              y_offset: y.layout.offset,
              y_stride: y.layout.stride,
              row: rowThreads,
            },
            workgroups,
          },
        ],
        scratch: { partial: scratchBytes },
      };
    },
  };
}

/** Each thread walks all keys. */
function streamedVariant(loads: Loads): Variant<AttentionAttributes> {
  return {
    name: `streamed${loads.suffix}`,
    legal: loads.legal,
    plan(call, limits) {
      const { queryGroups, blocks, n } = shareOf(call);
      const { offset, stride } = operand(call.outputs, 'y', 'attention').layout;
      return {
        dispatches: [
          {
            ...tileShader('attention-streamed', streamed, loads, call, limits),
            bindings: ['q', 'k', 'v', 'limit', 'y'],
            parameters: { ...tileParameters(call), y_offset: offset, y_stride: stride },
            workgroups: [queryGroups, blocks, n],
          },
        ],
      };
    },
  };
}

/** A shader that builds on tile.wgsl, and what is compiled into it. */
function tileShader(
  name: string,
  body: string,
  loads: Loads,
  call: Call<AttentionAttributes>,
  limits: KernelLimits,
): Pick<Dispatch, 'shader' | 'constants'> {
  const { block, masked, workgroup } = shareOf(call);
  return {
    shader: {
      name: `${name}${loads.suffix}`,
      body,
      includes: [...combineIncludes, scores, tile, ...loads.includes],
    },
    constants: { BLOCK: block, MASKED: masked, WORKGROUP: workgroup, ...loads.constants(call, limits) },
  };
}

function tileParameters(call: Call<AttentionAttributes>): Record<string, number> {
  const { inputs, attributes } = call;
  const v = operand(inputs, 'v', 'attention');
  const { c } = extentOf(v.shape);
  return {
    ...headParameters(call, 'attention'),
    heads: attributes.heads,
    out_size: c / attributes.heads,
    span: shareOf(call).span,
    v_c4: vec4s(c),
    v_offset: v.layout.offset,
    v_stride: v.layout.stride,
    limit_offset: inputs.limit?.layout.offset ?? 0,
    limit_stride: inputs.limit?.layout.stride ?? 0,
  };
}
