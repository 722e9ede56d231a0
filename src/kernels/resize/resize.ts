import { expectShape, imageExtent } from '../common/image-shape.js';
import lanes from '../common/lanes.wgsl';
import { operand } from '../common/operand.js';
import { vec4Plan } from '../common/vec4-plan.js';
import type { Kernel } from '../contract.js';
import { elementCount, storageBytes } from '../layout.js';
import body from './resize.wgsl';
import type { ResizeMode } from './taps.js';

export type ResizeAttributes = {
  readonly mode: ResizeMode;
  readonly height: number;
  readonly width: number;
  /** Which taps `columns` and `rows` hold; the shader only follows the tables. */
  readonly alignCorners: boolean;
};

/**
 * Nearest or bilinear resize of [N, C, H, W] to `height` × `width` without antialiasing, after the tables `columns`
 * and `rows` ([width, 4] and [height, 4], from `resizeTaps`). Computes in float32 in the order of PyTorch's CPU kernel.
 */
export const resize: Kernel<ResizeAttributes> = {
  name: 'resize',
  inputs: ['x', 'columns', 'rows'],
  constants: ['columns', 'rows'],
  outputs: ['y'],
  infer(inputs, { height, width }) {
    const x = operand(inputs, 'x', 'resize');
    const { n, c } = imageExtent(x, 'x', 'resize');
    expectShape(operand(inputs, 'columns', 'resize'), [width, 4], 'columns', 'resize');
    expectShape(operand(inputs, 'rows', 'resize'), [height, 4], 'rows', 'resize');
    return { y: { shape: [n, c, height, width], dtype: x.dtype } };
  },
  cost({ inputs, outputs, attributes }) {
    const y = operand(outputs, 'y', 'resize');
    return {
      flops: attributes.mode === 'bilinear' ? 9 * elementCount(y.shape) : 0,
      bytes: [...Object.values(inputs), y].reduce((bytes, tensor) => bytes + storageBytes(tensor), 0),
    };
  },
  variants: [
    {
      name: 'plain',
      plan: ({ outputs, attributes }) =>
        vec4Plan(
          operand(outputs, 'y', 'resize'),
          { name: 'resize', body, includes: [lanes] },
          ['x', 'columns', 'rows', 'y'],
          { BILINEAR: attributes.mode === 'bilinear' },
        ),
    },
  ],
};
