import { drawInteger, drawItem } from '../common/draw.js';
import type { CaseInput, FuzzCase, KernelCase } from '../contract.js';
import type { AttentionAttributes } from './attention.js';

const inf = Number.POSITIVE_INFINITY;
const nan = Number.NaN;

/** Weighted means of values in [-1, 1) with weights that are right to a few 1e-6. */
const tolerance = { absolute: 5e-6, relative: 0 };
const why =
  'a weighted mean of values below 1: weights have the error of exp, 3 + 2|d| units in the last place with |d| < 15, and of the scores, D · |q| · |k| · 2^-24';

interface Sizes {
  readonly n?: number;
  readonly queries: number;
  readonly keys: number;
  readonly heads?: number;
  readonly size: number;
  readonly outSize: number;
}

const shapes = ({
  n = 1,
  queries,
  keys,
  heads = 1,
  size,
  outSize,
}: Sizes): [number[], number[], number[]] => [
  [n, queries, heads * size],
  [n, keys, heads * size],
  [n, keys, heads * outSize],
];

/** q and k uniform in ±`range`, v in ±1. */
function uniform(sizes: Sizes, range = 1): Record<'q' | 'k' | 'v', CaseInput> {
  const [q, k, v] = shapes(sizes);
  return {
    q: { shape: q, low: -range, high: range },
    k: { shape: k, low: -range, high: range },
    v: { shape: v },
  };
}

/** One for each image. */
const limitOf = (...values: number[]): CaseInput => ({
  shape: [values.length, 4],
  values: values.flatMap((value) => [value, 0, 0, 0]),
});

/** Three channels of value that tell the keys apart. */
const marks = (keys: number): CaseInput => ({
  shape: [1, keys, 3],
  values: Array.from({ length: keys * 3 }, (_, i) => ((i % 11) - 5) / 8),
});

const scalars = (values: number[]): CaseInput => ({ shape: [1, values.length, 1], values });

export const attentionCases: readonly KernelCase<AttentionAttributes>[] = [
  {
    name: 'one query, one key, one channel',
    inputs: uniform({ queries: 1, keys: 1, size: 1, outSize: 1 }),
    attributes: { heads: 1, scale: 1 },
    tolerance: { absolute: 0, relative: 1e-6 },
    why: 'the only weight is 1 up to the rounding of exp(0) and a division',
  },
  {
    name: '2 images, 5 queries, 7 keys, 4 to 3 channels',
    inputs: uniform({ n: 2, queries: 5, keys: 7, size: 4, outSize: 3 }, 3),
    attributes: { heads: 1, scale: 0.5 },
    tolerance,
    why,
  },
  {
    name: 'narrow model: 2 heads of 3 to 6 channels that share vec4s',
    inputs: uniform({ n: 2, queries: 6, keys: 9, heads: 2, size: 3, outSize: 6 }, 3),
    attributes: { heads: 2, scale: 1 / Math.sqrt(3) },
    tolerance,
    why,
  },
  {
    name: '7 heads of 5 to 1 channels: four heads in a vec4',
    inputs: uniform({ n: 2, queries: 3, keys: 130, heads: 7, size: 5, outSize: 1 }, 2),
    attributes: { heads: 7, scale: 0.5 },
    tolerance,
    why,
  },
  {
    name: '3 heads of 6 to 10 channels: blocks begin within heads',
    inputs: uniform({ queries: 10, keys: 70, heads: 3, size: 6, outSize: 10 }, 2),
    attributes: { heads: 3, scale: 0.4 },
    tolerance,
    why,
  },
  {
    name: '2 heads of 8 to 28 channels, 150 keys: uneven blocks and chunks',
    inputs: uniform({ n: 2, queries: 9, keys: 150, heads: 2, size: 8, outSize: 28 }, 2),
    attributes: { heads: 2, scale: 0.35 },
    tolerance,
    why,
  },
  {
    name: '300 queries, 133 keys, 16 channels, no batch',
    inputs: uniform({ queries: 300, keys: 133, size: 16, outSize: 16 }, 1.5),
    attributes: { heads: 1, scale: 1 },
    tolerance,
    why,
  },
  {
    name: 'equal scores give the mean',
    inputs: {
      ...uniform({ queries: 3, keys: 64, size: 4, outSize: 4 }),
      q: { shape: [1, 3, 4], values: [0] },
    },
    attributes: { heads: 1, scale: 1 },
    tolerance: { absolute: 1e-6, relative: 0 },
    why: 'all weights are 1: 64 additions, each rounded',
  },
  {
    name: 'scores up to ±10,000 do not overflow',
    inputs: {
      q: scalars([100, -100, 0, 99]),
      k: scalars([-100, 100, 99.75, 0, 99.9375, 1, 100]),
      v: marks(7),
    },
    attributes: { heads: 1, scale: 1 },
    tolerance,
    why: 'the scores and their differences are exact; exp as elsewhere',
  },
  {
    name: 'a NaN query spoils its row, a NaN or infinite value its column',
    inputs: {
      q: { shape: [1, 6, 4], values: Array.from({ length: 24 }, (_, i) => (i === 17 ? nan : (i % 5) / 4)) },
      k: { shape: [1, 5, 4], values: Array.from({ length: 20 }, (_, i) => (i % 7) / 8) },
      v: {
        shape: [1, 5, 6],
        values: Array.from({ length: 30 }, (_, i) => (i === 15 ? nan : i === 28 ? inf : (i % 9) / 8)),
      },
    },
    attributes: { heads: 2, scale: 1 },
    tolerance,
    why,
  },
  {
    name: 'a NaN key spoils all rows of its head, and of its head only',
    inputs: {
      q: { shape: [1, 3, 6], values: Array.from({ length: 18 }, (_, i) => (i % 5) / 4) },
      k: {
        shape: [1, 67, 6],
        values: Array.from({ length: 402 }, (_, i) => (i === 399 ? nan : (i % 7) / 8)),
      },
      v: { shape: [1, 67, 4] },
    },
    attributes: { heads: 2, scale: 1 },
    tolerance,
    why,
  },
  {
    name: 'scores of -∞ count for nothing, unless there is no other',
    inputs: {
      q: scalars([1, -1, 2]),
      k: scalars([-inf, 1, -inf, 2, -inf]),
      v: marks(5),
    },
    attributes: { heads: 1, scale: 1 },
    tolerance,
    why,
  },
  {
    name: 'nothing but -∞, and +∞',
    inputs: { q: scalars([1, -1]), k: scalars(Array.from({ length: 66 }, () => -inf)), v: marks(66) },
    attributes: { heads: 1, scale: 1 },
    tolerance: { absolute: 0, relative: 0 },
    why: 'all rows are NaN, as in PyTorch',
  },
  {
    name: 'clamped at ±500: ties above',
    inputs: {
      q: scalars([32, -32, 1, nan]),
      k: scalars([20, 19.75, 15.5, -18, -17, 15.625]),
      v: marks(6),
      limit: limitOf(500),
    },
    attributes: { heads: 1, scale: 1 },
    tolerance,
    why: 'the scores are exact; exp as elsewhere',
  },
  {
    name: 'clamped, several heads and chunks',
    inputs: {
      ...uniform({ n: 2, queries: 5, keys: 140, heads: 2, size: 4, outSize: 8 }, 2),
      limit: limitOf(0.75, 0.75),
    },
    attributes: { heads: 2, scale: 0.5 },
    tolerance,
    why,
  },
  {
    name: 'the same queries for three images, of which the second alone is clamped',
    inputs: {
      ...uniform({ n: 3, queries: 5, keys: 140, heads: 2, size: 4, outSize: 8 }, 2),
      q: { shape: [1, 5, 8], low: -2, high: 2 },
      limit: limitOf(3.4e38, 0.5, 3.4e38),
    },
    attributes: { heads: 2, scale: 0.5 },
    tolerance,
    why,
  },
  {
    name: 'the same queries for two images, heads that share vec4s',
    inputs: {
      ...uniform({ n: 2, queries: 3, keys: 70, heads: 3, size: 3, outSize: 5 }),
      q: { shape: [1, 3, 9], low: -1, high: 1 },
    },
    attributes: { heads: 3, scale: 0.5 },
    tolerance,
    why,
  },
  {
    name: 'no clamp from 3e38 on',
    inputs: { q: scalars([32, -32]), k: scalars([20, 19.75, 15.5]), v: marks(3), limit: limitOf(3.4e38) },
    attributes: { heads: 1, scale: 1 },
    tolerance,
    why: 'the scores are exact; exp as elsewhere',
  },
  {
    name: 'co-attention: 4096 queries, 4096 keys, 16 channels',
    inputs: uniform({ queries: 4096, keys: 4096, size: 16, outSize: 16 }),
    attributes: { heads: 1, scale: 1 },
    tolerance,
    why,
    bench: true,
    large: true,
  },
  {
    name: 'squeeze: 256 queries, 65,536 keys, 2 heads of 24 to 48 channels',
    inputs: {
      ...uniform({ queries: 256, keys: 65536, heads: 2, size: 24, outSize: 48 }),
      limit: limitOf(3.4e38),
    },
    attributes: { heads: 2, scale: 1 / Math.sqrt(24) },
    tolerance,
    why,
    bench: true,
    large: true,
  },
  {
    name: 'expand: 65,536 queries, 256 keys, 2 heads of 24 to 48 channels',
    inputs: {
      ...uniform({ queries: 65536, keys: 256, heads: 2, size: 24, outSize: 48 }),
      limit: limitOf(3.4e38),
    },
    attributes: { heads: 2, scale: 1 / Math.sqrt(24) },
    tolerance,
    why,
    bench: true,
    large: true,
  },
];

export const attentionFuzzTolerance = tolerance;

export function attentionFuzz(random: () => number): FuzzCase<AttentionAttributes> {
  const heads = drawInteger(random, 1, 4);
  const range = drawItem(random, [0.5, 2]);
  const sizes = {
    n: drawInteger(random, 1, 3),
    queries: drawInteger(random, 1, 20),
    keys: drawItem(random, [drawInteger(random, 1, 9), drawInteger(random, 60, 200)]),
    heads,
    size: drawInteger(random, 1, 14),
    outSize: drawItem(random, [drawInteger(random, 1, 14), drawInteger(random, 24, 40)]),
  };
  const limits = Array.from({ length: sizes.n }, () => drawItem(random, [0.25, 0.5, 3.4e38]));
  const limit = drawItem<Record<string, CaseInput>>(random, [{}, { limit: limitOf(...limits) }]);
  const { q, ...others } = uniform(sizes, range);
  // The same queries for all images.
  const shared = random() < 0.3 ? { ...q, shape: [1, ...q.shape.slice(1)] } : q;
  return {
    inputs: { q: shared, ...others, ...limit },
    attributes: { heads, scale: 1 / Math.sqrt(sizes.size) },
  };
}
