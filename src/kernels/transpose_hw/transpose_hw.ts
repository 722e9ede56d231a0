import { imageExtent } from '../common/image-shape.js';
import lanes from '../common/lanes.wgsl';
import { operand } from '../common/operand.js';
import { vec4Plan } from '../common/vec4-plan.js';
import type { Kernel } from '../contract.js';
import { storageBytes } from '../layout.js';
import body from './transpose_hw.wgsl';

export type TransposeHwAttributes = Record<never, never>;

/** Swaps rows and columns: [N, C, H, W] → [N, C, W, H]. Values are copied. */
export const transposeHw: Kernel<TransposeHwAttributes> = {
  name: 'transpose_hw',
  inputs: ['x'],
  outputs: ['y'],
  infer(inputs) {
    const x = operand(inputs, 'x', 'transpose_hw');
    const { n, h, w, c } = imageExtent(x, 'x', 'transpose_hw');
    return { y: { shape: [n, c, w, h], dtype: x.dtype } };
  },
  cost({ outputs }) {
    return { flops: 0, bytes: 2 * storageBytes(operand(outputs, 'y', 'transpose_hw')) };
  },
  variants: [
    {
      name: 'plain',
      plan: ({ outputs }) =>
        vec4Plan(operand(outputs, 'y', 'transpose_hw'), { name: 'transpose_hw', body, includes: [lanes] }, [
          'x',
          'y',
        ]),
    },
  ],
};
