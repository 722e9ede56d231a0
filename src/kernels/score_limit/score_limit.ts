import { f32Bits } from '../common/f32-bits.js';
import floatBits from '../common/float-bits.wgsl';
import headLanes from '../common/head-lanes.wgsl';
import { type HeadAttributes, headedTokens, headParameters } from '../common/heads.js';
import { keyChunks } from '../common/key-chunks.js';
import { operand } from '../common/operand.js';
import scores from '../common/scores.wgsl';
import softmaxPieces from '../common/softmax.wgsl';
import type { Kernel } from '../contract.js';
import { elementCount, storageBytes } from '../layout.js';
import bound from './score_limit-bound.wgsl';
import exact from './score_limit-exact.wgsl';
import finish from './score_limit-finish.wgsl';
import norms from './score_limit-norms.wgsl';

export type ScoreLimitAttributes = HeadAttributes & {
  /** Scores are clamped to ± this if one of them is larger. */
  readonly threshold: number;
};

/** The limit that says that nothing is to be clamped. */
export const NO_LIMIT = 3.4e38;

const MOST_NORM_THREADS = 4096;
const headedIncludes = [floatBits, softmaxPieces, headLanes, scores];

/**
 * Whether attention's scores are to be clamped: q [N or 1, Tq, heads · D] and k [N, Tk, heads · D] → limit [N, 4], f32, lane 0
 * `threshold` if the image's largest score scale · q·k of all heads, queries and keys exceeds it, else 3.4e38; the other
 * lanes are zero. With a NaN among an image's scores nothing of it is clamped, since PyTorch's `scores.max() > threshold` is
 * false then. (PyTorch takes the maximum over the batch: an image's result would then depend on the others.)
 *
 * The scores are computed only where the largest |q| times the largest |k| of a head, in any image, leaves it open: otherwise
 * that pass is dispatched with no workgroups.
 */
export const scoreLimit: Kernel<ScoreLimitAttributes> = {
  name: 'score_limit',
  inputs: ['q', 'k'],
  outputs: ['limit'],
  infer(inputs, attributes) {
    const { n } = headedTokens(inputs, attributes, 'score_limit');
    return { limit: { shape: [n, 4], dtype: 'f32' } };
  },
  /** Of the usual case, where the bound is enough. */
  cost({ inputs }) {
    const q = operand(inputs, 'q', 'score_limit');
    const k = operand(inputs, 'k', 'score_limit');
    return {
      flops: 2 * (elementCount(q.shape) + elementCount(k.shape)),
      bytes: storageBytes(q) + storageBytes(k),
    };
  },
  variants: [
    {
      name: 'bound first',
      plan(call) {
        const { inputs, outputs, attributes } = call;
        const { n, queries, keys, size } = headedTokens(inputs, attributes, 'score_limit');
        const { heads, scale, threshold } = attributes;
        const normGroups = Math.ceil(Math.min(MOST_NORM_THREADS, Math.max(queries, keys)) / 64);
        const tiles = Math.ceil(queries / 4);
        const { keysPerChunk, chunks } = keyChunks(keys, n * heads * tiles, Math.floor(65_535 / n));
        const tops = chunks * heads * tiles;
        const limit = operand(outputs, 'limit', 'score_limit').layout;
        const headed = {
          constants: { MASKED: heads > 1 && size % 4 !== 0 },
          parameters: { ...headParameters(call, 'score_limit'), heads },
        };
        return {
          dispatches: [
            {
              shader: { name: 'score_limit-norms', body: norms, includes: headedIncludes },
              bindings: ['q', 'k', 'norms'],
              constants: headed.constants,
              parameters: { ...headed.parameters, threads: 64 * normGroups },
              workgroups: [normGroups, n, 1],
            },
            {
              shader: { name: 'score_limit-bound', body: bound, includes: [floatBits, softmaxPieces] },
              bindings: ['norms', 'counts'],
              constants: {},
              parameters: {
                heads,
                planes: n * heads,
                threads: 64 * normGroups,
                magnitude: f32Bits(Math.abs(scale)),
                threshold: f32Bits(threshold),
                groups_x: Math.ceil(tiles / 64),
                groups_z: n * chunks,
              },
              workgroups: [1, 1, 1],
            },
            {
              shader: { name: 'score_limit-exact', body: exact, includes: headedIncludes },
              bindings: ['q', 'k', 'tops'],
              constants: headed.constants,
              parameters: { ...headed.parameters, chunks, keys_per_chunk: keysPerChunk },
              workgroups: { indirect: 'counts' },
            },
            {
              shader: { name: 'score_limit-finish', body: finish, includes: [floatBits] },
              bindings: ['counts', 'tops', 'limit'],
              constants: { NO_LIMIT: { f32: NO_LIMIT } },
              parameters: {
                tops,
                threshold: f32Bits(threshold),
                limit_offset: limit.offset,
                limit_stride: limit.stride,
              },
              workgroups: [n, 1, 1],
            },
          ],
          scratch: { norms: 64 * normGroups * n * heads * 8, counts: 16, tops: n * tops * 8 },
        };
      },
    },
  ],
};
