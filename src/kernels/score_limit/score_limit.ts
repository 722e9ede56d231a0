import floatBits from '../common/float-bits.wgsl';
import headLanes from '../common/head-lanes.wgsl';
import { type HeadAttributes, headedTokens } from '../common/heads.js';
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
const bits = [floatBits, softmaxPieces];
const headed = [...bits, headLanes, scores];

/**
 * Whether attention's scores are to be clamped: q [N, Tq, heads · D] and k [N, Tk, heads · D] → limit [1, 4], f32, lane 0
 * `threshold` if the largest score scale · q·k of all images, heads, queries and keys exceeds it, else 3.4e38; the other
 * lanes are zero. With a NaN among the scores nothing is clamped, since PyTorch's `scores.max() > threshold` is false then.
 *
 * The scores are computed only where the largest |q| times the largest |k| of a head leaves it open: otherwise that
 * pass is dispatched with no workgroups.
 */
export const scoreLimit: Kernel<ScoreLimitAttributes> = {
  name: 'score_limit',
  inputs: ['q', 'k'],
  outputs: ['limit'],
  infer(inputs, attributes) {
    headedTokens(inputs, attributes, 'score_limit');
    return { limit: { shape: [1, 4], dtype: 'f32' } };
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
      plan({ inputs, attributes }) {
        const { n, queries, keys } = headedTokens(inputs, attributes, 'score_limit');
        const { heads, scale, threshold } = attributes;
        const normGroups = Math.ceil(Math.min(MOST_NORM_THREADS, n * Math.max(queries, keys)) / 64);
        const tiles = Math.ceil(queries / 4);
        const { keysPerChunk, chunks } = keyChunks(keys, n * heads * tiles, Math.floor(65_535 / n));
        const tops = n * chunks * heads * tiles;
        const common = { HEADS: heads, THREADS: 64 * normGroups };
        return {
          dispatches: [
            {
              shader: { name: 'score_limit-norms', body: norms, includes: headed },
              bindings: ['q', 'k', 'norms'],
              constants: { ...common, SCALE: { f32: scale } },
              workgroups: [normGroups, 1, 1],
            },
            {
              shader: { name: 'score_limit-bound', body: bound, includes: bits },
              bindings: ['norms', 'counts'],
              constants: {
                ...common,
                MAGNITUDE: { f32: Math.abs(scale) },
                THRESHOLD: { f32: threshold },
                GROUPS_X: Math.ceil(tiles / 64),
                GROUPS_Z: n * chunks,
              },
              workgroups: [1, 1, 1],
            },
            {
              shader: { name: 'score_limit-exact', body: exact, includes: headed },
              bindings: ['q', 'k', 'tops'],
              constants: { HEADS: heads, SCALE: { f32: scale }, CHUNK: keysPerChunk },
              workgroups: { indirect: 'counts' },
            },
            {
              shader: { name: 'score_limit-finish', body: finish, includes: [floatBits] },
              bindings: ['counts', 'tops', 'limit'],
              constants: { TOPS: tops, THRESHOLD: { f32: threshold }, NO_LIMIT: { f32: NO_LIMIT } },
              workgroups: [1, 1, 1],
            },
          ],
          scratch: { norms: 64 * normGroups * heads * 8, counts: 16, tops: tops * 8 },
        };
      },
    },
  ],
};
