import { operand } from '../common/operand.js';
import type { Reference } from '../contract.js';
import { type MaxPoolAttributes, pooledSize } from './max_pool.js';

export const maxPoolReference: Reference<MaxPoolAttributes> = (inputs, attributes) => {
  const { kernel, stride, padding, dilation } = attributes;
  const x = operand(inputs, 'x', 'max_pool');
  const [n = 0, c = 0, h = 0, w = 0] = x.shape;
  const rows = pooledSize(h, kernel[0], stride[0], padding[0], dilation[0]);
  const columns = pooledSize(w, kernel[1], stride[1], padding[1], dilation[1]);
  const data = new Float64Array(n * c * rows * columns);
  for (let plane = 0; plane < n * c; plane++)
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++) {
        let top = -Infinity;
        for (let ky = 0; ky < kernel[0]; ky++)
          for (let kx = 0; kx < kernel[1]; kx++) {
            const row = i * stride[0] + ky * dilation[0] - padding[0];
            const column = j * stride[1] + kx * dilation[1] - padding[1];
            const inside = row >= 0 && row < h && column >= 0 && column < w;
            // Math.max keeps a NaN.
            if (inside) top = Math.max(top, x.data[(plane * h + row) * w + column] ?? Number.NaN);
          }
        data[(plane * rows + i) * columns + j] = top;
      }
  return { y: { shape: [n, c, rows, columns], data } };
};
