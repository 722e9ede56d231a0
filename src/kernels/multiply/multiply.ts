import lanes from '../common/lanes.wgsl';
import { formatShape, operand } from '../common/operand.js';
import { vec4Plan } from '../common/vec4-plan.js';
import type { Kernel } from '../contract.js';
import { elementCount, extentOf, storageBytes } from '../layout.js';
import body from './multiply.wgsl';

export type MultiplyAttributes = Record<never, never>;

/** Elementwise product; b has the shape of a, or one channel that is broadcast over those of a. */
export const multiply: Kernel<MultiplyAttributes> = {
  name: 'multiply',
  inputs: ['a', 'b'],
  outputs: ['y'],
  infer(inputs) {
    const a = operand(inputs, 'a', 'multiply');
    const b = operand(inputs, 'b', 'multiply');
    const of = extentOf(a.shape);
    const by = extentOf(b.shape);
    const fits = of.n === by.n && of.h === by.h && of.w === by.w && (by.c === of.c || by.c === 1);
    if (a.shape.length !== b.shape.length || !fits)
      throw new Error(
        `multiply: ${formatShape(a.shape)} times ${formatShape(b.shape)}; b needs the shape of a, or one channel`,
      );
    return { y: { shape: a.shape, dtype: a.dtype } };
  },
  cost({ inputs }) {
    const a = operand(inputs, 'a', 'multiply');
    const b = operand(inputs, 'b', 'multiply');
    return { flops: elementCount(a.shape), bytes: 2 * storageBytes(a) + storageBytes(b) };
  },
  variants: [
    {
      name: 'plain',
      plan: ({ outputs }) =>
        vec4Plan(operand(outputs, 'y', 'multiply'), { name: 'multiply', body, includes: [lanes] }, [
          'a',
          'b',
          'y',
        ]),
    },
  ],
};
