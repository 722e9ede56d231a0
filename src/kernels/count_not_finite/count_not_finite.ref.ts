import { operand } from '../common/operand.js';
import type { Reference } from '../contract.js';
import type { CountNotFiniteAttributes } from './count_not_finite.js';

export const countNotFiniteReference: Reference<CountNotFiniteAttributes> = (
  inputs,
  { limit = Number.POSITIVE_INFINITY },
) => {
  const { data } = operand(inputs, 'x', 'count_not_finite');
  const count = data.reduce((sum, value) => sum + (Math.abs(value) < limit ? 0 : 1), 0);
  return { count: { shape: [1, 4], data: Float64Array.of(count, 0, 0, 0) } };
};
