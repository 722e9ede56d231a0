import { drawInteger, drawItem } from '../common/draw.js';
import type { FuzzCase, KernelCase } from '../contract.js';
import type { SumAttributes } from './sum.js';

/** Three additions of values below 1 round to within half an ulp of at most 4 each. */
const rounding = { absolute: 6e-7, relative: 0 };
const exact = { absolute: 0, relative: 0 };

export const sumCases: readonly KernelCase<SumAttributes>[] = [
  {
    name: 'a alone 1×1×1×1',
    inputs: { a: { shape: [1, 1, 1, 1] } },
    attributes: { factors: [1], activation: 'none' },
    tolerance: exact,
    why: 'a copy',
  },
  {
    name: 'add tokens 2×5×6',
    inputs: { a: { shape: [2, 5, 6] }, b: { shape: [2, 5, 6] } },
    attributes: { factors: [1, 1], activation: 'none' },
    tolerance: rounding,
    why: 'one addition of values below 1',
  },
  {
    name: 'residual with ReLU 3×7×5×9',
    inputs: { a: { shape: [3, 7, 5, 9] }, b: { shape: [3, 7, 5, 9] } },
    attributes: { factors: [1, 1], activation: 'relu' },
    tolerance: rounding,
    why: 'one addition of values below 1',
  },
  {
    name: 'four terms, factors 1, 2, 3, 6, batch 2',
    inputs: {
      a: { shape: [2, 5, 12, 6] },
      b: { shape: [2, 5, 6, 3] },
      c: { shape: [2, 5, 4, 2] },
      d: { shape: [2, 5, 2, 1] },
    },
    attributes: { factors: [1, 2, 3, 6], activation: 'none' },
    tolerance: rounding,
    why: 'three additions of values below 1',
  },
  {
    name: 'b and c absent, a upsampled',
    inputs: { a: { shape: [2, 3, 1, 2] }, d: { shape: [2, 3, 4, 8] } },
    attributes: { factors: [4, 1], activation: 'relu' },
    tolerance: rounding,
    why: 'one addition of values below 1',
  },
  {
    name: 'sigmoid of a sum',
    inputs: { a: { shape: [1, 2, 3, 3], low: -8, high: 8 }, b: { shape: [1, 2, 3, 3], low: -8, high: 8 } },
    attributes: { factors: [1, 1], activation: 'sigmoid' },
    tolerance: { absolute: 1e-6, relative: 2e-5 },
    why: 'the sum is off by 5e-7 of which a quarter remains; exp has 3 + 2|x| ULP, |x| ≤ 16',
  },
  {
    name: 'keeps NaN and infinities',
    inputs: {
      a: { shape: [6], values: [Number.NaN, Infinity, -Infinity, Infinity, 1, -1] },
      b: { shape: [6], values: [1, 1, 1, -Infinity, 2, 2] },
    },
    attributes: { factors: [1, 1], activation: 'relu' },
    tolerance: exact,
    why: 'small integers; NaN and infinities must match in kind',
  },
  {
    name: 'HRNet fuse 1×32×64×64, factors 1, 2, 4, 8',
    inputs: {
      a: { shape: [1, 32, 64, 64] },
      b: { shape: [1, 32, 32, 32] },
      c: { shape: [1, 32, 16, 16] },
      d: { shape: [1, 32, 8, 8] },
    },
    attributes: { factors: [1, 2, 4, 8], activation: 'relu' },
    tolerance: rounding,
    why: 'three additions of values below 1',
    bench: true,
  },
];

export const sumFuzzTolerance = rounding;

/** One to four terms; the factors divide the size. */
export function sumFuzz(random: () => number): FuzzCase<SumAttributes> {
  const [n, c] = [drawInteger(random, 1, 3), drawInteger(random, 1, 11)];
  const [h, w] = [12 * drawInteger(random, 1, 2), 12 * drawInteger(random, 1, 3)];
  const present = (['a', 'b', 'c', 'd'] as const).filter((name) => name === 'a' || random() < 0.6);
  const factors = present.map(() => drawItem(random, [1, 2, 3, 4, 6, 12]));
  const inputs = present.map((name, i) => {
    const factor = factors[i] ?? 1;
    return [name, { shape: [n, c, h / factor, w / factor] }] as const;
  });
  return {
    inputs: Object.fromEntries(inputs),
    attributes: { factors, activation: drawItem(random, ['none', 'relu']) },
  };
}
