import { operand } from '../common/operand.js';
import type { Reference } from '../contract.js';
import { extentOf } from '../layout.js';
import type { PixelShuffleAttributes } from './pixel_shuffle.js';

export const pixelShuffleReference: Reference<PixelShuffleAttributes> = (inputs, { factor: r }) => {
  const x = operand(inputs, 'x', 'pixel_shuffle');
  const { n, h, w, c } = extentOf(x.shape);
  const shape = [n, c / r ** 2, h * r, w * r];
  const data = new Float64Array(x.data.length);
  let i = 0;
  for (let plane = 0; plane < (n * c) / r ** 2; plane++)
    for (let row = 0; row < h * r; row++)
      for (let column = 0; column < w * r; column++) {
        const channel = plane * r ** 2 + (row % r) * r + (column % r);
        const source = (channel * h + Math.floor(row / r)) * w + Math.floor(column / r);
        data[i++] = x.data[source] ?? Number.NaN;
      }
  return { y: { shape, data } };
};
