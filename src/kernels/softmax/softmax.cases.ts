import { drawInteger, drawItem } from '../common/draw.js';
import type { FuzzCase, KernelCase } from '../contract.js';
import type { SoftmaxAttributes } from './softmax.js';

const inf = Number.POSITIVE_INFINITY;
const nan = Number.NaN;

/** The exponential has 3 + 2|d| units in the last place, |d| ≤ 20 here; the division 2.5; the sum of C terms a few. */
const tolerance = { absolute: 1e-7, relative: 1e-5 };
const why = 'exp has 3 + 2|d| units in the last place, d ≤ 20, once in the result and averaged in the sum';

export const softmaxCases: readonly KernelCase<SoftmaxAttributes>[] = [
  {
    name: '1×1×1×1',
    inputs: { x: { shape: [1, 1, 1, 1], low: -5, high: 5 } },
    attributes: {},
    tolerance: { absolute: 0, relative: 1e-6 },
    why: 'a single score gives 1 up to the rounding of exp(0) and a division',
  },
  {
    name: 'tokens 2×9×7',
    inputs: { x: { shape: [2, 9, 7], low: -10, high: 10 } },
    attributes: {},
    tolerance,
    why,
  },
  {
    name: 'image 3×5×4×3, channels on axis 1',
    inputs: { x: { shape: [3, 5, 4, 3], low: -10, high: 10 } },
    attributes: {},
    tolerance,
    why,
  },
  {
    name: 'scores of ±60,000 do not overflow',
    inputs: { x: { shape: [4, 6], values: [60000, 59990, -60000, 59998, 0, 1] } },
    attributes: {},
    tolerance: { absolute: 1e-7, relative: 1e-5 },
    why: 'the differences to the largest score are exact; exp as above',
  },
  {
    name: 'rows of -∞, +∞ and NaN',
    inputs: {
      x: {
        shape: [6, 5],
        values: [
          ...[-inf, -inf, -inf, -inf, -inf],
          ...[-inf, 1, 2, -inf, 0],
          ...[inf, 1, 2, 3, 4],
          ...[1, 2, nan, 3, -inf],
          ...[inf, -inf, inf, 0, 0],
          ...[-60000, 0, 60000, 1, 2],
        ],
      },
    },
    attributes: {},
    tolerance: { absolute: 1e-7, relative: 1e-5 },
    why: 'NaN where PyTorch has NaN, exact zeros for -∞; otherwise exp as above',
  },
  {
    name: 'one long row of 4099, one NaN row beside it',
    inputs: {
      x: {
        shape: [2, 4099],
        values: Array.from({ length: 8198 }, (_, i) => (i === 8000 ? nan : (i % 37) / 8)),
      },
    },
    attributes: {},
    tolerance: { absolute: 1e-9, relative: 1e-5 },
    why: 'as above; each thread adds at most 1025 terms per lane, whose rounding errors average out',
  },
  {
    name: 'tokens 1×4096×256',
    inputs: { x: { shape: [1, 4096, 256], low: -10, high: 10 } },
    attributes: {},
    tolerance,
    why,
    bench: true,
  },
  {
    name: 'tokens 1×512×4096',
    inputs: { x: { shape: [1, 512, 4096], low: -10, high: 10 } },
    attributes: {},
    tolerance,
    why,
    bench: true,
  },
];

export const softmaxFuzzTolerance = tolerance;

export function softmaxFuzz(random: () => number): FuzzCase<SoftmaxAttributes> {
  const channels = drawItem(random, [drawInteger(random, 1, 13), drawInteger(random, 1020, 1100)]);
  const shape = drawItem<number[]>(random, [
    [channels],
    [drawInteger(random, 1, 70), channels],
    [drawInteger(random, 1, 3), drawInteger(random, 1, 33), channels],
    [drawInteger(random, 1, 3), channels, drawInteger(random, 1, 5), drawInteger(random, 1, 6)],
  ]);
  const range = drawItem(random, [1, 10]);
  return { inputs: { x: { shape, low: -range, high: range } }, attributes: {} };
}
