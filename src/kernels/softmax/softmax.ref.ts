import { channelRows } from '../common/channel-rows.js';
import { operand } from '../common/operand.js';
import type { Reference } from '../contract.js';
import type { SoftmaxAttributes } from './softmax.js';

export const softmaxReference: Reference<SoftmaxAttributes> = (inputs) => {
  const x = operand(inputs, 'x', 'softmax');
  const { rows, channels, at } = channelRows(x.shape);
  const data = new Float64Array(x.data.length);
  for (let row = 0; row < rows; row++) {
    // Math.max keeps a NaN, and (∞ - ∞) makes one where the row has no finite largest score.
    let top = -Infinity;
    for (let c = 0; c < channels; c++) top = Math.max(top, x.data[at(row, c)] ?? Number.NaN);
    let sum = 0;
    for (let c = 0; c < channels; c++) {
      const value = Math.exp((x.data[at(row, c)] ?? Number.NaN) - top);
      data[at(row, c)] = value;
      sum += value;
    }
    for (let c = 0; c < channels; c++) data[at(row, c)] = (data[at(row, c)] ?? Number.NaN) / sum;
  }
  return { y: { shape: x.shape, data } };
};
