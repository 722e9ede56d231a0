import { operand } from '../common/operand.js';
import type { Reference, RefTensor } from '../contract.js';
import { elementCount, extentOf } from '../layout.js';
import type { ResizeAttributes } from './resize.js';

interface Tap {
  readonly lower: number;
  readonly upper: number;
  readonly weight: number;
}

const tapsOf = ({ data }: RefTensor): Tap[] =>
  Array.from({ length: data.length / 4 }, (_, i) => ({
    lower: data[4 * i] ?? 0,
    upper: data[4 * i + 1] ?? 0,
    weight: data[4 * i + 2] ?? 0,
  }));

export const resizeReference: Reference<ResizeAttributes> = (inputs, { mode, height, width }) => {
  const x = operand(inputs, 'x', 'resize');
  const { n, c, h, w } = extentOf(x.shape);
  const columns = tapsOf(operand(inputs, 'columns', 'resize'));
  const rows = tapsOf(operand(inputs, 'rows', 'resize'));
  const shape = [n, c, height, width];
  const data = new Float64Array(elementCount(shape));
  let i = 0;
  for (let plane = 0; plane < n * c; plane++) {
    const at = (row: number, column: number): number => x.data[(plane * h + row) * w + column] ?? Number.NaN;
    const mix = (row: number, { lower, upper, weight }: Tap): number =>
      at(row, lower) * (1 - weight) + at(row, upper) * weight;
    for (const down of rows)
      for (const across of columns)
        data[i++] =
          mode === 'nearest'
            ? at(down.lower, across.lower)
            : mix(down.lower, across) * (1 - down.weight) + mix(down.upper, across) * down.weight;
  }
  return { y: { shape, data } };
};
