import { operand } from '../common/operand.js';
import type { Reference } from '../contract.js';
import { extentOf } from '../layout.js';
import type { CountNotFiniteAttributes } from './count_not_finite.js';

export const countNotFiniteReference: Reference<CountNotFiniteAttributes> = (
  inputs,
  { limit = Number.POSITIVE_INFINITY },
) => {
  const { data, shape } = operand(inputs, 'x', 'count_not_finite');
  const { n } = extentOf(shape);
  const count = new Float64Array(4 * n);
  const each = data.length / n;
  for (let image = 0; image < n; image++)
    count[4 * image] = data
      .subarray(image * each, (image + 1) * each)
      .reduce((sum, value) => sum + (Math.abs(value) < limit ? 0 : 1), 0);
  return { count: { shape: [n, 4], data: count } };
};
