import { operand } from '../common/operand.js';
import { vec4Plan } from '../common/vec4-plan.js';
import type { Kernel } from '../contract.js';
import { extentOf } from '../layout.js';
import body from './attention.wgsl';
export const attention: Kernel<{ heads: number; scale: number }> = {
  name: 'attention',
  inputs: ['q', 'k', 'v', 'limit'],
  optional: ['limit'],
  outputs: ['y'],
  infer: (i) => ({
    y: { shape: [...(i.q?.shape.slice(0, -1) ?? []), i.v?.shape.at(-1) ?? 0], dtype: i.q?.dtype ?? 'f32' },
  }),
  cost: () => ({ flops: 0, bytes: 0 }),
  variants: [
    {
      name: 'plain',
      plan: ({ inputs, outputs, attributes }) =>
        vec4Plan(operand(outputs, 'y', 'a'), { name: 'attention', body }, ['q', 'k', 'v', 'limit', 'y'], {
          D: extentOf(operand(inputs, 'q', 'a').shape).c / attributes.heads,
          E: extentOf(operand(inputs, 'v', 'a').shape).c / attributes.heads,
          SCALE: { f32: attributes.scale },
        }),
    },
  ],
};
