import { activate } from '../common/activation.js';
import { operand } from '../common/operand.js';
import type { Reference } from '../contract.js';
import { elementCount } from '../layout.js';
import { presentTerms, type SumAttributes, upsampledShape } from './sum.js';

export const sumReference: Reference<SumAttributes> = (inputs, { factors, activation }) => {
  const a = operand(inputs, 'a', 'sum');
  const shape = upsampledShape('a', a.shape, factors[0] ?? 1);
  const width = shape.length === 4 ? (shape[3] ?? 1) : elementCount(shape);
  const data = new Float64Array(elementCount(shape));
  for (const { input, factor } of presentTerms(inputs, factors))
    for (let i = 0; i < data.length; i++) {
      const row = Math.floor(Math.floor(i / width) / factor);
      const column = Math.floor((i % width) / factor);
      data[i] = (data[i] ?? 0) + (input.data[row * (width / factor) + column] ?? Number.NaN);
    }
  return { y: { shape, data: data.map((value) => activate(value, activation)) } };
};
