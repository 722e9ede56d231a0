import { formatShape, operand } from '../common/operand.js';
import { vec4Plan } from '../common/vec4-plan.js';
import type { Kernel } from '../contract.js';
import { storageBytes } from '../layout.js';
import body from './concat.wgsl';

/** axis 1: along the channels; axis 0: along the images of a batch. */
export type ConcatAttributes = { readonly axis: number };

const PARTS = ['a', 'b', 'c', 'd'] as const;

/** The inputs that are there, in order. */
export function presentParts<T>(inputs: Readonly<Record<string, T>>): readonly { name: string; part: T }[] {
  operand(inputs, 'a', 'concat');
  return PARTS.flatMap((name) => {
    const part = inputs[name];
    return part === undefined ? [] : [{ name, part }];
  });
}

/** Concatenation of one to four [N, C, H, W] tensors; channel counts need not be multiples of 4. Values are copied. */
export const concat: Kernel<ConcatAttributes> = {
  name: 'concat',
  inputs: PARTS,
  optional: ['b', 'c', 'd'],
  outputs: ['y'],
  infer(inputs, { axis }) {
    if (axis !== 0 && axis !== 1)
      throw new Error(`concat: axis ${axis} is neither 0 (images) nor 1 (channels)`);
    const { shape: first, dtype } = operand(inputs, 'a', 'concat');
    let length = 0;
    for (const { name, part } of presentParts(inputs)) {
      const fits = part.shape.length === 4 && part.shape.every((size, i) => i === axis || size === first[i]);
      if (!fits)
        throw new Error(
          `concat: a is ${formatShape(first)} and ${name} is ${formatShape(part.shape)}; they may differ in axis ${axis} only`,
        );
      if (part.dtype !== dtype) throw new Error(`concat: a is ${dtype} and ${name} is ${part.dtype}`);
      length += part.shape[axis] ?? 0;
    }
    return { y: { shape: first.map((size, i) => (i === axis ? length : size)), dtype } };
  },
  cost({ outputs }) {
    return { flops: 0, bytes: 2 * storageBytes(operand(outputs, 'y', 'concat')) };
  },
  variants: [
    {
      name: 'plain',
      plan({ inputs, outputs, attributes }) {
        const parts = presentParts(inputs);
        const aligned = parts.slice(0, -1).every(({ part }) => (part.shape[1] ?? 0) % 4 === 0);
        return vec4Plan(
          operand(outputs, 'y', 'concat'),
          { name: 'concat', body },
          ['a', 'b', 'c', 'd', 'y'],
          { ALONG_CHANNELS: attributes.axis === 1, ALIGNED: aligned },
        );
      },
    },
  ],
};
