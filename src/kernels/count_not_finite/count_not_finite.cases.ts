import { drawInteger, drawItem } from '../common/draw.js';
import type { FuzzCase, KernelCase } from '../contract.js';
import type { CountNotFiniteAttributes } from './count_not_finite.js';

const tolerance = { absolute: 0, relative: 0 };
const why = 'it counts';
const inf = Number.POSITIVE_INFINITY;

export const countNotFiniteCases: readonly KernelCase<CountNotFiniteAttributes>[] = [
  {
    name: 'one number',
    inputs: { x: { shape: [1, 1, 1, 1] } },
    attributes: {},
    tolerance,
    why,
  },
  {
    name: 'NaN and infinities among 3 channels',
    inputs: { x: { shape: [1, 3, 2, 2], values: [1, inf, -0, Number.NaN, 2, -inf, 7, 0, -1, -2, inf, 3] } },
    attributes: {},
    tolerance,
    why,
  },
  {
    name: "half precision's largest number counts where it is asked for",
    inputs: { x: { shape: [1, 2, 5], values: [65504, -65504, 65472, -65472, 0, 1, inf, 2, 3, 4] } },
    attributes: { limit: 65504 },
    tolerance,
    why,
  },
  {
    name: 'more elements than threads: 2×5×70×90',
    inputs: { x: { shape: [2, 5, 70, 90], low: -2, high: 2 } },
    attributes: { limit: 1 },
    tolerance,
    why,
  },
  {
    name: '1×16×256×256',
    inputs: { x: { shape: [1, 16, 256, 256] } },
    attributes: {},
    tolerance,
    why,
    bench: true,
  },
];

export function countNotFiniteFuzz(random: () => number): FuzzCase<CountNotFiniteAttributes> {
  const shape = [1, 2, 3, 4].map(() => drawInteger(random, 1, 9)).slice(0, drawInteger(random, 1, 4));
  return {
    inputs: { x: { shape, low: -2, high: 2 } },
    attributes: { limit: drawItem(random, [1, 1.5, Number.POSITIVE_INFINITY]) },
  };
}
