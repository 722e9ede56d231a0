import { imageExtent } from '../common/image-shape.js';
import { formatShape, operand } from '../common/operand.js';
import { vec4Plan } from '../common/vec4-plan.js';
import type { Kernel } from '../contract.js';
import { storageBytes } from '../layout.js';
import body from './pixel_shuffle.wgsl';

export type PixelShuffleAttributes = { readonly factor: number };

/** PyTorch's pixel shuffle: [N, C·r², H, W] → [N, C, H·r, W·r] with r = `factor`. Values are copied. */
export const pixelShuffle: Kernel<PixelShuffleAttributes> = {
  name: 'pixel_shuffle',
  inputs: ['x'],
  outputs: ['y'],
  infer(inputs, { factor }) {
    const x = operand(inputs, 'x', 'pixel_shuffle');
    const { n, h, w, c } = imageExtent(x, 'x', 'pixel_shuffle');
    if (!Number.isInteger(factor) || factor < 1 || c % factor ** 2 !== 0)
      throw new Error(
        `pixel_shuffle: the channels of ${formatShape(x.shape)} are not a multiple of ${factor}²`,
      );
    return { y: { shape: [n, c / factor ** 2, h * factor, w * factor], dtype: x.dtype } };
  },
  cost({ inputs, outputs }) {
    const x = operand(inputs, 'x', 'pixel_shuffle');
    return { flops: 0, bytes: storageBytes(x) + storageBytes(operand(outputs, 'y', 'pixel_shuffle')) };
  },
  variants: [
    {
      name: 'plain',
      plan: ({ outputs, attributes }) =>
        vec4Plan(operand(outputs, 'y', 'pixel_shuffle'), { name: 'pixel_shuffle', body }, ['x', 'y'], {
          FACTOR: attributes.factor,
        }),
    },
  ],
};
