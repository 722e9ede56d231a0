import { drawInteger, drawItem } from '../common/draw.js';
import type { FuzzCase, KernelCase } from '../contract.js';
import type { ConcatAttributes } from './concat.js';

const exact = { absolute: 0, relative: 0 };
const why = 'values are copied';

export const concatCases: readonly KernelCase<ConcatAttributes>[] = [
  {
    name: 'one part 1×1×1×1',
    inputs: { a: { shape: [1, 1, 1, 1] } },
    attributes: { axis: 1 },
    tolerance: exact,
    why,
  },
  {
    name: 'four single channels share a vec4',
    inputs: {
      a: { shape: [2, 1, 3, 5] },
      b: { shape: [2, 1, 3, 5] },
      c: { shape: [2, 1, 3, 5] },
      d: { shape: [2, 1, 3, 5] },
    },
    attributes: { axis: 1 },
    tolerance: exact,
    why,
  },
  {
    name: 'channels 3, 6, 1, 5',
    inputs: {
      a: { shape: [1, 3, 4, 2] },
      b: { shape: [1, 6, 4, 2] },
      c: { shape: [1, 1, 4, 2] },
      d: { shape: [1, 5, 4, 2] },
    },
    attributes: { axis: 1 },
    tolerance: exact,
    why,
  },
  {
    name: 'channels 4, 8, 3 (aligned), b absent, with NaN and infinities',
    inputs: {
      a: { shape: [2, 4, 2, 3], values: [Number.NaN, 1, Infinity, -2] },
      c: { shape: [2, 8, 2, 3], values: [-Infinity, 3, 4] },
      d: { shape: [2, 3, 2, 3] },
    },
    attributes: { axis: 1 },
    tolerance: exact,
    why,
  },
  {
    name: 'images 1 + 3 + 2 of 5 channels',
    inputs: { a: { shape: [1, 5, 3, 2] }, b: { shape: [3, 5, 3, 2] }, c: { shape: [2, 5, 3, 2] } },
    attributes: { axis: 0 },
    tolerance: exact,
    why,
  },
  {
    name: 'four images 1×1',
    inputs: {
      a: { shape: [1, 1, 1, 1] },
      b: { shape: [1, 1, 1, 1] },
      c: { shape: [1, 1, 1, 1] },
      d: { shape: [1, 1, 1, 1] },
    },
    attributes: { axis: 0 },
    tolerance: exact,
    why,
  },
  {
    name: 'integers along the images',
    inputs: {
      a: { shape: [1, 2, 1, 2], dtype: 'u32', low: 0, high: 2 ** 32 },
      b: { shape: [1, 2, 1, 2], dtype: 'u32', low: 0, high: 2 ** 32 },
    },
    attributes: { axis: 0 },
    tolerance: exact,
    why,
  },
  {
    name: 'fused features 3 × 16 at 256×256',
    inputs: {
      a: { shape: [1, 16, 256, 256] },
      b: { shape: [1, 16, 256, 256] },
      c: { shape: [1, 16, 256, 256] },
    },
    attributes: { axis: 1 },
    tolerance: exact,
    why,
    bench: true,
  },
];

export function concatFuzz(random: () => number): FuzzCase<ConcatAttributes> {
  const axis = drawItem(random, [0, 1]);
  const shape = [
    drawInteger(random, 1, 3),
    drawInteger(random, 1, 9),
    drawInteger(random, 1, 6),
    drawInteger(random, 1, 6),
  ];
  const present = ['a', 'b', 'c', 'd'].filter((name) => name === 'a' || random() < 0.7);
  const inputs = present.map((name) => {
    const length = axis === 0 ? drawInteger(random, 1, 3) : drawInteger(random, 1, 9);
    return [name, { shape: shape.map((size, i) => (i === axis ? length : size)) }];
  });
  return { inputs: Object.fromEntries(inputs), attributes: { axis } };
}
