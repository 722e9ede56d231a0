import { imageExtent } from '../common/image-shape.js';
import lanes from '../common/lanes.wgsl';
import { formatShape, operand } from '../common/operand.js';
import pixel from '../common/pixel.wgsl';
import { vec4Plan } from '../common/vec4-plan.js';
import type { Kernel, TensorSpec } from '../contract.js';
import { elementCount, storageBytes } from '../layout.js';
import body from './crop_and_resize.wgsl';

export type CropAndResizeAttributes = Record<never, never>;

const NAME = 'crop_and_resize';

/** Number of samples of a table [possible centres, samples]. */
function samples({ shape }: TensorSpec, name: string): number {
  const [centers = 0, size = 0] = shape;
  if (shape.length !== 2 || centers < 1 || size < 1)
    throw new Error(`${NAME}: ${name} must be [possible centres, samples], not ${formatShape(shape)}`);
  return size;
}

/**
 * Crops of `image` [N, C, H, W] at the positions of two tables from `cropPositions`, `columns` [P, width] and `rows`
 * [Q, height]: bilinear, each neighbour outside the image is zero. `index` (u32 [N or 1, 1, 4]: column, row, …, as
 * `argmax` gives it) picks the tables' rows per image, column for `columns` and row for `rows`; without it, row 0.
 */
export const cropAndResize: Kernel<CropAndResizeAttributes> = {
  name: NAME,
  inputs: ['image', 'columns', 'rows', 'index'],
  optional: ['index'],
  constants: ['columns', 'rows'],
  blocked: ['image'],
  outputs: ['y'],
  infer(inputs) {
    const image = operand(inputs, 'image', NAME);
    const { n, c } = imageExtent(image, 'image', NAME);
    const { index } = inputs;
    if (index) {
      const [images, , values] = index.shape;
      if (index.dtype !== 'u32' || index.shape.length !== 3 || values !== 4 || (images !== n && images !== 1))
        throw new Error(
          `${NAME}: index must be u32 [${n} or 1, C, 4], not ${index.dtype} ${formatShape(index.shape)}`,
        );
    }
    const height = samples(operand(inputs, 'rows', NAME), 'rows');
    const width = samples(operand(inputs, 'columns', NAME), 'columns');
    return { y: { shape: [n, c, height, width], dtype: image.dtype } };
  },
  cost({ inputs, outputs }) {
    const y = operand(outputs, 'y', NAME);
    const image = operand(inputs, 'image', NAME);
    // At most the whole image is read, and at most four neighbours per sample.
    const read = Math.min(storageBytes(image), 4 * storageBytes(y));
    return { flops: 7 * elementCount(y.shape), bytes: read + storageBytes(y) };
  },
  variants: [
    {
      name: 'plain',
      plan: ({ outputs }) =>
        vec4Plan(operand(outputs, 'y', NAME), { name: NAME, body, includes: [lanes, pixel] }, [
          'image',
          'columns',
          'rows',
          'index',
          'y',
        ]),
    },
  ],
};
