import { operand } from '../common/operand.js';
import pixel from '../common/pixel.wgsl';
import { vec4Plan } from '../common/vec4-plan.js';
import type { Kernel } from '../contract.js';
import { storageBytes } from '../layout.js';
import body from './copy.wgsl';

export type CopyAttributes = Record<never, never>;

/**
 * Copies a tensor of any shape and type into another layout: into a slice of a wider tensor, or out of the blocks
 * of a pixel shuffle that was not carried out.
 */
export const copy: Kernel<CopyAttributes> = {
  name: 'copy',
  inputs: ['x'],
  blocked: ['x'],
  outputs: ['y'],
  infer(inputs) {
    const { shape, dtype } = operand(inputs, 'x', 'copy');
    return { y: { shape, dtype } };
  },
  cost({ outputs }) {
    return { flops: 0, bytes: 2 * storageBytes(operand(outputs, 'y', 'copy')) };
  },
  variants: [
    {
      name: 'plain',
      plan: ({ outputs }) =>
        vec4Plan(operand(outputs, 'y', 'copy'), { name: 'copy', body, includes: [pixel] }, ['x', 'y']),
    },
  ],
};
