import { expectShape } from '../common/image-shape.js';
import { formatShape, operand } from '../common/operand.js';
import { vec4Plan } from '../common/vec4-plan.js';
import type { DType, Kernel } from '../contract.js';
import { elementCount, storageBytes } from '../layout.js';
import body from './preprocess.wgsl';

export type PreprocessAttributes = {
  /** Element type of the result. */
  readonly dtype: Extract<DType, 'f32' | 'f16'>;
  /** Rows of the result. */
  readonly height: number;
  /** Columns of the result. */
  readonly width: number;
};

/**
 * A batch of photographs → the network's input [N, 3, height, width], channels blue, green, red: OpenCV's `INTER_LINEAR`
 * resize of 8-bit images bit for bit (x86-64 reference path), cropped, normalised by a table.
 *
 * `image` u32 [N, capacity]: RGBA8 pixels row by row, red in the low byte; a smaller picture leaves the rest unused.
 * `columns` i32 [N, width, 4] and `rows` i32 [N, height, 4], of the cropped columns and rows: lower and upper source index,
 * their weights (0 to 2048). `table` f32 [768]: value of byte v of channel k at 256·k + v. `params` u32 [N, 4]: source
 * row pitch in pixels, mode (0 bilinear, 1 mean of 2×2), mirror (1: result mirrored left-right), 0.
 */
export const preprocess: Kernel<PreprocessAttributes> = {
  name: 'preprocess',
  inputs: ['image', 'columns', 'rows', 'table', 'params'],
  outputs: ['y'],
  infer(inputs, { dtype, height, width }) {
    const get = (name: string) => operand(inputs, name, 'preprocess');
    const { shape } = get('image');
    const [n, capacity] = shape;
    if (n === undefined || capacity === undefined || shape.length !== 2)
      throw new Error(`preprocess: image is ${formatShape(shape)}, expected [N, capacity]`);
    expectShape(get('columns'), [n, width, 4], 'columns', 'preprocess');
    expectShape(get('rows'), [n, height, 4], 'rows', 'preprocess');
    expectShape(get('table'), [768], 'table', 'preprocess');
    expectShape(get('params'), [n, 4], 'params', 'preprocess');
    return { y: { shape: [n, 3, height, width], dtype } };
  },
  cost({ inputs, outputs }) {
    const y = operand(outputs, 'y', 'preprocess');
    return {
      flops: 12 * elementCount(y.shape),
      bytes: storageBytes(operand(inputs, 'image', 'preprocess')) + storageBytes(y),
    };
  },
  variants: [
    {
      name: 'plain',
      plan: ({ outputs }) =>
        vec4Plan(operand(outputs, 'y', 'preprocess'), { name: 'preprocess', body }, [
          'image',
          'columns',
          'rows',
          'table',
          'params',
          'y',
        ]),
    },
  ],
};
