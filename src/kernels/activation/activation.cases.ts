import type { KernelCase } from '../contract.js';
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
    name: 'gelu tokens 3×17×6',
    inputs: { x: { shape: [3, 17, 6], low: -6, high: 6 } },
    attributes: { activation: 'gelu' },
    tolerance: { absolute: 1e-6, relative: 1e-6 },
    why: 'erf is good to 2e-7 and is multiplied by x/2 ≤ 3',
  },
  {
    name: 'gelu 1×48×64×64',
    inputs: { x: { shape: [1, 48, 64, 64], low: -4, high: 4 } },
    attributes: { activation: 'gelu' },
    tolerance: { absolute: 1e-6, relative: ulps.relative },
    why: 'erf is good to 2e-7 and is multiplied by x/2 ≤ 2',
    bench: true,
  },
];
