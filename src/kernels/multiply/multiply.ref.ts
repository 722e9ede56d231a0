import { operand } from '../common/operand.js';
import type { Reference } from '../contract.js';
import { extentOf } from '../layout.js';
import type { MultiplyAttributes } from './multiply.js';

export const multiplyReference: Reference<MultiplyAttributes> = (inputs) => {
  const a = operand(inputs, 'a', 'multiply');
  const b = operand(inputs, 'b', 'multiply');
  const { h, w, c } = extentOf(a.shape);
  const broadcast = extentOf(b.shape).c === 1;
  /** The element of b for element i of a: channels are the last axis but in [N, C, H, W]. */
  const partner = (i: number): number => {
    if (!broadcast) return i;
    if (a.shape.length < 4) return Math.floor(i / c);
    return Math.floor(i / (c * h * w)) * h * w + (i % (h * w));
  };
  const data = a.data.map((value, i) => value * (b.data[partner(i)] ?? Number.NaN));
  return { y: { shape: a.shape, data } };
};
