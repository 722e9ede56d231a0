import { drawInteger, drawItem } from '../common/draw.js';
import type { CaseInput, FuzzCase, KernelCase } from '../contract.js';
import type { ScoreLimitAttributes } from './score_limit.js';

const tolerance = { absolute: 0, relative: 1e-7 };
const why = 'the answer is one of two numbers, each rounded to f32';
const attributes: ScoreLimitAttributes = { heads: 1, scale: 1, threshold: 500 };

const pair = (shape: number[], q: number[], k: number[]): Record<'q' | 'k', CaseInput> => ({
  q: { shape, values: q },
  k: { shape, values: k },
});

/** Tokens of two channels where the bound, 30 · 30, is above 500 and the largest score is 30 · `last`, at the end. */
const nearly = (last: number): Record<'q' | 'k', CaseInput> => {
  const tokens = 131;
  const values = (lane: number, largest: number): number[] =>
    Array.from({ length: 2 * tokens }, (_, i) => (i % 2 === lane ? (i % 20) / 16 : 0)).fill(largest, -1);
  return {
    q: { shape: [1, tokens, 2], values: [30, 0, ...values(1, 30).slice(2)] },
    k: { shape: [1, tokens, 2], values: [-30, 0, ...values(1, last).slice(2)] },
  };
};

export const scoreLimitCases: readonly KernelCase<ScoreLimitAttributes>[] = [
  {
    name: 'one small score',
    inputs: pair([1, 1, 1], [3], [4]),
    attributes,
    tolerance,
    why,
  },
  {
    name: 'one score of 600',
    inputs: pair([1, 1, 1], [30], [20]),
    attributes,
    tolerance,
    why,
  },
  {
    name: 'exactly the threshold is not above it',
    inputs: pair([1, 1, 1], [25], [20]),
    attributes,
    tolerance,
    why,
  },
  {
    name: 'only scores below -500',
    inputs: pair([1, 1, 1], [-30], [20]),
    attributes,
    tolerance,
    why,
  },
  {
    name: 'long vectors at right angles: the largest score is 499.7',
    inputs: nearly(16.65625),
    attributes,
    tolerance,
    why,
  },
  {
    name: 'long vectors at right angles: the largest score is 500.6',
    inputs: nearly(16.6875),
    attributes,
    tolerance,
    why,
  },
  {
    name: 'heads of 3 channels that share vec4s: long ones in different heads',
    inputs: pair([1, 1, 6], [30, 0, 0, 1, 1, 1], [1, 1, 1, 30, 30, 30]),
    attributes: { ...attributes, heads: 2 },
    tolerance,
    why,
  },
  {
    name: 'the second head and the second image exceed',
    inputs: {
      q: { shape: [2, 2, 6], values: Array.from({ length: 24 }, (_, i) => (i === 22 ? 40 : (i % 5) / 4)) },
      k: { shape: [2, 3, 6], values: Array.from({ length: 36 }, (_, i) => (i === 28 ? 20 : (i % 3) / 4)) },
    },
    attributes: { ...attributes, heads: 2 },
    tolerance,
    why,
  },
  {
    name: 'the same queries for three images: the first and the last exceed',
    inputs: {
      q: { shape: [1, 2, 3], values: [1, 2, 3, 4, 5, 6] },
      k: { shape: [3, 2, 3], values: [0, 0, 99, 1, 1, 1, 1, 2, 3, 3, 2, 1, 0, 1, 0, 99, 0, 0] },
    },
    attributes: { ...attributes, threshold: 300 },
    tolerance,
    why,
  },
  {
    name: 'a NaN in the first image leaves the second its limit',
    inputs: pair([2, 1, 1], [Number.NaN, 30], [40, 20]),
    attributes,
    tolerance,
    why,
  },
  {
    name: 'a NaN among larger scores: no limit',
    inputs: pair([1, 3, 1], [40, 1, Number.NaN], [40, 2, 3]),
    attributes,
    tolerance,
    why,
  },
  {
    name: 'an infinite score is above',
    inputs: pair([1, 2, 1], [Number.POSITIVE_INFINITY, 1], [2, 3]),
    attributes,
    tolerance,
    why,
  },
  {
    name: '0 · ∞ is a NaN: no limit',
    inputs: pair([1, 2, 1], [Number.POSITIVE_INFINITY, 40], [0, 40]),
    attributes,
    tolerance,
    why,
  },
  {
    name: 'expand: 65,536 queries, 256 keys, the bound is enough',
    inputs: { q: { shape: [1, 65536, 48] }, k: { shape: [1, 256, 48] } },
    attributes: { heads: 2, scale: 1 / Math.sqrt(24), threshold: 500 },
    tolerance,
    why,
    bench: true,
    large: true,
  },
  {
    name: 'squeeze: 256 queries, 65,536 keys, the bound is not enough',
    inputs: {
      q: { shape: [1, 256, 48], low: -20, high: 20 },
      k: { shape: [1, 65536, 48], low: -20, high: 20 },
    },
    attributes: { heads: 2, scale: 1 / Math.sqrt(24), threshold: 850 },
    tolerance,
    why,
    bench: true,
    large: true,
  },
];

export const scoreLimitFuzzTolerance = tolerance;

/** The largest score is now above, now below the threshold, and far from it by f32's measure. */
export function scoreLimitFuzz(random: () => number): FuzzCase<ScoreLimitAttributes> {
  const n = drawInteger(random, 1, 3);
  const heads = drawInteger(random, 1, 4);
  const channels = heads * drawInteger(random, 1, 9);
  const tokens = (): number => drawItem(random, [drawInteger(random, 1, 9), drawInteger(random, 60, 200)]);
  return {
    inputs: {
      q: { shape: [random() < 0.3 ? 1 : n, tokens(), channels], low: -8, high: 8 },
      k: { shape: [n, tokens(), channels], low: -8, high: 8 },
    },
    attributes: { heads, scale: 1, threshold: drawInteger(random, 10, 150) },
  };
}
