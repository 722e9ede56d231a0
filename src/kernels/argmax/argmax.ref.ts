import { operand } from '../common/operand.js';
import type { Reference } from '../contract.js';
import type { ArgmaxAttributes } from './argmax.js';

/** NaN is above everything, and equal to NaN. */
const above = (a: number, b: number): boolean => a > b || (Number.isNaN(a) && !Number.isNaN(b));

export const argmaxReference: Reference<ArgmaxAttributes> = (inputs, { positiveOnly }) => {
  const x = operand(inputs, 'x', 'argmax');
  const [n = 0, c = 0, h = 0, w = 0] = x.shape;
  const index = new Float64Array(n * c * 4);
  const value = new Float64Array(n * c * 4);
  const around = new Float64Array(n * c * 4);
  for (let plane = 0; plane < n * c; plane++) {
    const values = x.data.subarray(plane * h * w, (plane + 1) * h * w);
    let flat = 0;
    values.forEach((v, p) => {
      if (above(v, values[flat] ?? Number.NaN)) flat = p;
    });
    let second = -Infinity;
    values.forEach((v, p) => {
      if (p !== flat && above(v, second)) second = v;
    });
    const top = values[flat] ?? Number.NaN;
    if (positiveOnly && top <= 0) flat = 0;
    const [column, row] = [flat % w, Math.floor(flat / w)];
    index.set([column, row, flat, 0], plane * 4);
    value.set([top, second, 0, 0], plane * 4);
    const at = (x: number, y: number): number =>
      values[Math.min(Math.max(y, 0), h - 1) * w + Math.min(Math.max(x, 0), w - 1)] ?? Number.NaN;
    around.set(
      [at(column - 1, row), at(column + 1, row), at(column, row - 1), at(column, row + 1)],
      plane * 4,
    );
  }
  const shape = [n, c, 4];
  return { index: { shape, data: index }, value: { shape, data: value }, around: { shape, data: around } };
};
