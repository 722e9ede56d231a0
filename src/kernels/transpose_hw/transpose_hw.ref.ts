import { operand } from '../common/operand.js';
import type { Reference } from '../contract.js';
import { extentOf } from '../layout.js';
import type { TransposeHwAttributes } from './transpose_hw.js';

export const transposeHwReference: Reference<TransposeHwAttributes> = (inputs) => {
  const x = operand(inputs, 'x', 'transpose_hw');
  const { n, h, w, c } = extentOf(x.shape);
  const data = x.data.map((_, i) => {
    const plane = Math.floor(i / (h * w));
    const row = Math.floor((i % (h * w)) / h);
    return x.data[plane * h * w + (i % h) * w + row] ?? Number.NaN;
  });
  return { y: { shape: [n, c, w, h], data } };
};
