import { operand } from '../common/operand.js';
import type { Reference, RefTensor } from '../contract.js';
import { elementCount, extentOf } from '../layout.js';
import type { CropAndResizeAttributes } from './crop_and_resize.js';

const NAME = 'crop_and_resize';

function tableRow({ shape, data }: RefTensor, index: number): Float64Array {
  const [count = 1, size = 0] = shape;
  const p = Math.min(index, count - 1);
  return data.subarray(p * size, (p + 1) * size);
}

export const cropAndResizeReference: Reference<CropAndResizeAttributes> = (inputs) => {
  const image = operand(inputs, 'image', NAME);
  const columns = operand(inputs, 'columns', NAME);
  const rows = operand(inputs, 'rows', NAME);
  const { index } = inputs;
  const { n, c, h, w } = extentOf(image.shape);
  const shape = [n, c, rows.shape[1] ?? 0, columns.shape[1] ?? 0];
  const data = new Float64Array(elementCount(shape));
  let i = 0;
  for (let picture = 0; picture < n; picture++) {
    const [images = 1, channels = 1] = index?.shape ?? [];
    const at = Math.min(picture, images - 1) * channels * 4;
    const across = tableRow(columns, index?.data[at] ?? 0);
    const down = tableRow(rows, index?.data[at + 1] ?? 0);
    for (let channel = 0; channel < c; channel++) {
      const plane = image.data.subarray((picture * c + channel) * h * w);
      const pixel = (row: number, column: number): number =>
        row >= 0 && row < h && column >= 0 && column < w ? (plane[row * w + column] ?? Number.NaN) : 0;
      for (const y of down)
        for (const x of across) {
          const [top, left] = [Math.floor(y), Math.floor(x)];
          const [v, u] = [y - top, x - left];
          data[i++] =
            pixel(top, left) * (1 - u) * (1 - v) +
            pixel(top, left + 1) * u * (1 - v) +
            pixel(top + 1, left) * (1 - u) * v +
            pixel(top + 1, left + 1) * u * v;
        }
    }
  }
  return { y: { shape, data } };
};
