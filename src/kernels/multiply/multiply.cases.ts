import { drawInteger, drawItem } from '../common/draw.js';
import type { FuzzCase, KernelCase } from '../contract.js';
import type { MultiplyAttributes } from './multiply.js';

const rounding = { absolute: 1e-30, relative: 1.2e-7 };
const why = 'one rounding of the product; twice that is allowed';

export const multiplyCases: readonly KernelCase<MultiplyAttributes>[] = [
  {
    name: '1×1×1×1',
    inputs: { a: { shape: [1, 1, 1, 1] }, b: { shape: [1, 1, 1, 1] } },
    attributes: {},
    tolerance: rounding,
    why,
  },
  {
    name: 'same shape 2×5×3×7',
    inputs: { a: { shape: [2, 5, 3, 7] }, b: { shape: [2, 5, 3, 7] } },
    attributes: {},
    tolerance: rounding,
    why,
  },
  {
    name: 'one channel broadcast over 6, batch 3',
    inputs: { a: { shape: [3, 6, 5, 2] }, b: { shape: [3, 1, 5, 2] } },
    attributes: {},
    tolerance: rounding,
    why,
  },
  {
    name: 'one feature broadcast over tokens 2×9×7',
    inputs: { a: { shape: [2, 9, 7] }, b: { shape: [2, 9, 1] } },
    attributes: {},
    tolerance: rounding,
    why,
  },
  {
    name: 'keeps NaN and infinities',
    inputs: {
      a: { shape: [5], values: [Number.NaN, Infinity, -Infinity, 0, 3] },
      b: { shape: [5], values: [2, -2, 0, Infinity, 4] },
    },
    attributes: {},
    tolerance: { absolute: 0, relative: 0 },
    why: 'small integers; NaN and infinities must match in kind',
  },
  {
    name: 'co-attention gate 1×16×64×64 by 1×1×64×64',
    inputs: { a: { shape: [1, 16, 64, 64] }, b: { shape: [1, 1, 64, 64], low: 0, high: 1 } },
    attributes: {},
    tolerance: rounding,
    why,
    bench: true,
  },
];

export const multiplyFuzzTolerance = rounding;

export function multiplyFuzz(random: () => number): FuzzCase<MultiplyAttributes> {
  const size = (): number => drawInteger(random, 1, 9);
  const a = drawItem(random, [
    [size()],
    [size(), size()],
    [size(), size(), size()],
    [size(), size(), size(), size()],
  ]);
  const axis = a.length === 4 ? 1 : a.length - 1;
  const one = random() < 0.5;
  const b = a.map((length, i) => (one && i === axis ? 1 : length));
  return { inputs: { a: { shape: a }, b: { shape: b } }, attributes: {} };
}
