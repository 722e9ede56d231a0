import { drawInteger, drawItem } from '../common/draw.js';
import type { CaseInput, FuzzCase, KernelCase } from '../contract.js';
import type { LayerNormAttributes } from './layer_norm.js';

const affine = (size: number): Record<'weight' | 'bias', CaseInput> => ({
  weight: { shape: [size], low: -1.5, high: 1.5 },
  bias: { shape: [size], low: -0.5, high: 0.5 },
});

/** Rounding errors of a few units in the last place of the deviations, which are up to √C after scaling. */
const tolerance = { absolute: 5e-6, relative: 2e-6 };
const why = 'a few units in the last place of x - mean and of the scale, times √C · 1.5 at most';

export const layerNormCases: readonly KernelCase<LayerNormAttributes>[] = [
  {
    name: 'one channel',
    inputs: { x: { shape: [1, 1, 1, 1], low: -5, high: 5 }, ...affine(1) },
    attributes: { groups: 1, eps: 1e-5 },
    tolerance: { absolute: 1e-7, relative: 1e-6 },
    why: 'the deviation is zero: what is left is the bias',
  },
  {
    name: 'tokens 2×9×7',
    inputs: { x: { shape: [2, 9, 7] }, ...affine(7) },
    attributes: { groups: 1, eps: 1e-5 },
    tolerance,
    why,
  },
  {
    name: '3 groups of 5 in an image 2×15×3×2',
    inputs: { x: { shape: [2, 15, 3, 2] }, ...affine(5) },
    attributes: { groups: 3, eps: 1e-12 },
    tolerance,
    why,
  },
  {
    name: '5 groups of 1',
    inputs: { x: { shape: [3, 5], low: -3, high: 3 }, ...affine(1) },
    attributes: { groups: 5, eps: 1e-12 },
    tolerance: { absolute: 1e-7, relative: 1e-6 },
    why: 'the deviation is zero: what is left is the bias',
  },
  {
    name: '2 groups of 6: a vec4 that two groups share',
    inputs: { x: { shape: [17, 12] }, ...affine(6) },
    attributes: { groups: 2, eps: 1e-12 },
    tolerance,
    why,
  },
  {
    name: 'equal values with eps 1e-12',
    inputs: { x: { shape: [4, 96], values: [0.1] }, ...affine(48) },
    attributes: { groups: 2, eps: 1e-12 },
    tolerance: { absolute: 1e-6, relative: 1e-6 },
    why: 'the deviations are zero once the mean is corrected; without it they would be 1e-8 · 1e6',
  },
  {
    name: 'small deviations on a large mean',
    inputs: { x: { shape: [5, 40], low: 1000, high: 1001 }, ...affine(40) },
    attributes: { groups: 1, eps: 1e-5 },
    tolerance: { absolute: 2e-4, relative: 1e-5 },
    why: 'x - mean carries half a unit in the last place of 1000, 3e-5, over a standard deviation of 0.29',
  },
  {
    name: 'NaN and infinities stay in their group',
    inputs: {
      x: {
        shape: [3, 10],
        values: [
          ...[1, 2, Number.NaN, 4, 5, 1, 2, 3, 4, 5],
          ...[1, 2, 3, 4, 5, 1, 2, Number.POSITIVE_INFINITY, 4, 5],
          ...[1, 2, 3, 4, 5, 1, 2, 3, 4, Number.NEGATIVE_INFINITY],
        ],
      },
      ...affine(5),
    },
    attributes: { groups: 2, eps: 1e-5 },
    tolerance,
    why,
  },
  {
    name: 'long rows 3×2050',
    inputs: { x: { shape: [3, 2050] }, ...affine(2050) },
    attributes: { groups: 1, eps: 1e-5 },
    tolerance,
    why,
  },
  {
    name: 'both modes of 65,536 tokens',
    inputs: { x: { shape: [1, 65536, 96] }, ...affine(48) },
    attributes: { groups: 2, eps: 1e-12 },
    tolerance,
    why,
    bench: true,
  },
];

export const layerNormFuzzTolerance = tolerance;

export function layerNormFuzz(random: () => number): FuzzCase<LayerNormAttributes> {
  const groups = drawInteger(random, 1, 5);
  // Two nearly equal values would have next to no variance, and then there is no tolerance to give.
  const size = drawInteger(random, 5, 19);
  const shape = drawItem<number[]>(random, [
    [drawInteger(random, 1, 70), groups * size],
    [drawInteger(random, 1, 3), drawInteger(random, 1, 33), groups * size],
    [drawInteger(random, 1, 3), groups * size, drawInteger(random, 1, 5), drawInteger(random, 1, 6)],
  ]);
  return {
    inputs: { x: { shape }, ...affine(size) },
    attributes: { groups, eps: drawItem(random, [1e-5, 1e-12]) },
  };
}
