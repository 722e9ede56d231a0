import { drawInteger } from '../common/draw.js';
import type { FuzzCase, KernelCase } from '../contract.js';
import type { ArgmaxAttributes } from './argmax.js';

const tolerance = { absolute: 0, relative: 0 };
const why = 'values are selected and positions are integers';
const inf = Number.POSITIVE_INFINITY;
const nan = Number.NaN;

const plane = (
  name: string,
  columns: number,
  values: readonly number[],
  positiveOnly = true,
): KernelCase<ArgmaxAttributes> => ({
  name,
  inputs: { x: { shape: [1, 1, values.length / columns, columns], values } },
  attributes: { positiveOnly },
  tolerance,
  why,
});

export const argmaxCases: readonly KernelCase<ArgmaxAttributes>[] = [
  plane('one element: the second is -∞', 1, [0.5]),
  plane('one negative element', 1, [-0.5]),
  plane('the first of equal maxima, which is the second as well', 3, [0, 1, 3, 2, 3, 3, 1, 0, 3]),
  plane('all negative, positive only', 2, [-4, -3, -1, -2]),
  plane('all negative', 2, [-4, -3, -1, -2], false),
  plane('-0 and 0 are equal and not positive', 2, [-1, -0, 0, -0]),
  plane('-0 and 0 are equal', 2, [-1, -0, 0, -0], false),
  plane('the first NaN is the maximum', 3, [1, 9, inf, 2, nan, 3, nan, 0, 1]),
  plane('a NaN beside negative values is not replaced by 0', 2, [-1, -2, nan, -3]),
  plane('all -∞', 2, [-inf, -inf, -inf, -inf], false),
  plane('+∞, then -∞', 2, [-inf, -1, inf, -inf]),
  plane('tiny values', 2, [1e-6, 2e-6, -1e-6, 1.5e-6]),
  {
    name: '2×7 planes of 9×13',
    inputs: { x: { shape: [2, 7, 9, 13] } },
    attributes: { positiveOnly: false },
    tolerance,
    why,
  },
  {
    name: 'many ties in 3×5 planes of 60×41, more positions than threads',
    inputs: { x: { shape: [3, 5, 60, 41], values: Array.from({ length: 997 }, (_, i) => (i * 7919) % 211) } },
    attributes: { positiveOnly: true },
    tolerance,
    why,
  },
  {
    name: 'a heat map 1×1×256×256',
    inputs: { x: { shape: [1, 1, 256, 256] } },
    attributes: { positiveOnly: true },
    tolerance,
    why,
    bench: true,
  },
];

export function argmaxFuzz(random: () => number): FuzzCase<ArgmaxAttributes> {
  const shape = [
    drawInteger(random, 1, 3),
    drawInteger(random, 1, 9),
    drawInteger(random, 1, 50),
    drawInteger(random, 1, 50),
  ];
  // Few distinct values, for ties; at times all of them negative.
  const levels = drawInteger(random, 1, 300);
  const shift = random() < 0.3 ? levels : levels / 2;
  const values = Array.from({ length: 1009 }, () => Math.floor(random() * levels) - shift);
  return { inputs: { x: { shape, values } }, attributes: { positiveOnly: random() < 0.5 } };
}
