import { channelRows } from '../common/channel-rows.js';
import { operand } from '../common/operand.js';
import type { Reference } from '../contract.js';
import type { LayerNormAttributes } from './layer_norm.js';

export const layerNormReference: Reference<LayerNormAttributes> = (inputs, { groups, eps }) => {
  const x = operand(inputs, 'x', 'layer_norm');
  const weight = operand(inputs, 'weight', 'layer_norm');
  const bias = operand(inputs, 'bias', 'layer_norm');
  const { rows, channels, at } = channelRows(x.shape);
  const size = channels / groups;
  const data = new Float64Array(x.data.length);
  for (let row = 0; row < rows; row++)
    for (let start = 0; start < channels; start += size) {
      const value = (c: number): number => x.data[at(row, start + c)] ?? Number.NaN;
      let sum = 0;
      for (let c = 0; c < size; c++) sum += value(c);
      const mean = sum / size;
      let squares = 0;
      for (let c = 0; c < size; c++) squares += (value(c) - mean) ** 2;
      const deviation = Math.sqrt(squares / size + eps);
      for (let c = 0; c < size; c++)
        data[at(row, start + c)] =
          ((value(c) - mean) / deviation) * (weight.data[c] ?? Number.NaN) + (bias.data[c] ?? Number.NaN);
    }
  return { y: { shape: x.shape, data } };
};
