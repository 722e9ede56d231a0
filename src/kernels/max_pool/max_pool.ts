import floatBits from '../common/float-bits.wgsl';
import { linearGrid } from '../common/grid.js';
import lanes from '../common/lanes.wgsl';
import { formatShape, operand } from '../common/operand.js';
import type { Kernel } from '../contract.js';
import { elementCount, extentOf, storageBytes, vec4s } from '../layout.js';
import body from './max_pool.wgsl';

/** All of them [vertical, horizontal], in pixels. */
export type MaxPoolAttributes = {
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number];
  readonly dilation: readonly [number, number];
};

/** Number of windows along one axis: floor((size + 2 padding - dilation (kernel - 1) - 1) / stride) + 1. */
export const pooledSize = (
  size: number,
  kernel: number,
  stride: number,
  padding: number,
  dilation: number,
): number => Math.floor((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1;

/**
 * Max pooling of x [N, C, H, W]: the image is padded with -∞, incomplete windows at the lower and right edges are
 * dropped, a window with a NaN gives NaN. As in PyTorch, the padding is at most half of the kernel.
 */
export const maxPool: Kernel<MaxPoolAttributes> = {
  name: 'max_pool',
  inputs: ['x'],
  outputs: ['y'],
  infer(inputs, { kernel, stride, padding, dilation }) {
    const x = operand(inputs, 'x', 'max_pool');
    const [n, c, ...sizes] = x.shape;
    if (n === undefined || c === undefined || sizes.length !== 2)
      throw new Error(`max_pool: x is ${formatShape(x.shape)}, expected [N, C, H, W]`);
    const pooled = ([0, 1] as const).map((axis) => {
      const legal =
        [kernel, stride, dilation].every((of) => Number.isInteger(of[axis]) && of[axis] >= 1) &&
        Number.isInteger(padding[axis]) &&
        padding[axis] >= 0 &&
        2 * padding[axis] <= kernel[axis];
      const size = pooledSize(sizes[axis] ?? 0, kernel[axis], stride[axis], padding[axis], dilation[axis]);
      if (!legal || size < 1)
        throw new Error(
          `max_pool: kernel ${formatShape(kernel)}, stride ${formatShape(stride)}, padding ${formatShape(padding)}, dilation ${formatShape(dilation)} ${legal ? `leave nothing of x ${formatShape(x.shape)}` : 'are not legal: expected positive integers, and a padding from 0 to half of the kernel'}`,
        );
      return size;
    });
    return { y: { shape: [n, c, ...pooled], dtype: x.dtype } };
  },
  cost({ inputs, outputs, attributes: { kernel } }) {
    const x = operand(inputs, 'x', 'max_pool');
    const y = operand(outputs, 'y', 'max_pool');
    return {
      flops: elementCount(y.shape) * kernel[0] * kernel[1],
      bytes: storageBytes(x) + storageBytes(y),
    };
  },
  variants: [
    {
      name: 'plain',
      plan({ outputs, attributes: { kernel, stride, padding, dilation } }) {
        const { n, h, w, c } = extentOf(operand(outputs, 'y', 'max_pool').shape);
        const { workgroups, rowThreads } = linearGrid(n * h * w * vec4s(c));
        return {
          dispatches: [
            {
              shader: { name: 'max_pool', body, includes: [lanes, floatBits] },
              bindings: ['x', 'y'],
              constants: {
                KERNEL_Y: kernel[0],
                KERNEL_X: kernel[1],
                STRIDE_Y: stride[0],
                STRIDE_X: stride[1],
                PADDING_Y: padding[0],
                PADDING_X: padding[1],
                DILATION_Y: dilation[0],
                DILATION_X: dilation[1],
                ROW: rowThreads,
              },
              workgroups,
            },
          ],
        };
      },
    },
  ],
};
