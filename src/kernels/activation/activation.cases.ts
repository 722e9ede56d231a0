import { drawInteger, drawItem } from '../common/draw.js';
import type { FuzzCase, KernelCase } from '../contract.js';
import type { ActivationAttributes } from './activation.js';

const ulps = { absolute: 1e-7, relative: 1e-6 };

export const activationCases: readonly KernelCase<ActivationAttributes>[] = [
  {
    name: 'relu 1×1×1×1',
    inputs: { x: { shape: [1, 1, 1, 1], low: -2, high: 2 } },
    attributes: { activation: 'relu' },
    tolerance: { absolute: 0, relative: 0 },
    why: 'ReLU selects, it does not round',
  },
  {
    name: 'relu keeps NaN and infinities',
    inputs: { x: { shape: [5], values: [Number.NaN, Infinity, -Infinity, -1, 2] } },
    attributes: { activation: 'relu' },
    tolerance: { absolute: 0, relative: 0 },
    why: 'ReLU selects, it does not round',
  },
  {
    name: 'sigmoid 2×5×7×3',
    inputs: { x: { shape: [2, 5, 7, 3], low: -30, high: 30 } },
    attributes: { activation: 'sigmoid' },
    tolerance: { absolute: 1e-7, relative: 2e-5 },
    why: 'exp has 3 + 2|x| ULP, |x| ≤ 30, and the division 2.5',
  },
  {
    name: 'sigmoid keeps NaN and ends at 0 and 1',
    inputs: { x: { shape: [6], values: [Number.NaN, Infinity, -Infinity, -200, 200, 0] } },
    attributes: { activation: 'sigmoid' },
    tolerance: { absolute: 1e-37, relative: 1e-6 },
    why: 'exp(-∞) may be the smallest normal number instead of 0; the rest are 0, ½ and 1',
  },
  {
    name: 'gelu keeps NaN and ∞, and makes NaN of -∞ as PyTorch does',
    inputs: { x: { shape: [6], values: [Number.NaN, Infinity, -Infinity, -1000, 1000, 0] } },
    attributes: { activation: 'gelu' },
    tolerance: { absolute: 0, relative: 0 },
    why: 'far from 0 the result is x or 0',
  },
  {
    name: 'gelu tokens 3×17×6',
    inputs: { x: { shape: [3, 17, 6], low: -6, high: 6 } },
    attributes: { activation: 'gelu' },
    tolerance: { absolute: 1e-6, relative: 1e-6 },
    why: 'within 1.5e-7 and a rounding of the result, which is at most 6',
  },
  {
    name: 'gelu 1×48×64×64',
    inputs: { x: { shape: [1, 48, 64, 64], low: -4, high: 4 } },
    attributes: { activation: 'gelu' },
    tolerance: { absolute: 1e-6, relative: ulps.relative },
    why: 'within 1.5e-7 and a rounding of the result, which is at most 4',
    bench: true,
  },
];

/** As of the cases above, for |x| ≤ 10. */
export const activationFuzzTolerance = { absolute: 2e-7, relative: 1e-5 };

export function activationFuzz(random: () => number): FuzzCase<ActivationAttributes> {
  const axis = () => drawInteger(random, 1, 9);
  const shape = Array.from({ length: drawInteger(random, 1, 4) }, axis);
  return {
    inputs: { x: { shape, low: -10, high: 10 } },
    attributes: { activation: drawItem(random, ['relu', 'sigmoid', 'gelu', 'none']) },
  };
}
