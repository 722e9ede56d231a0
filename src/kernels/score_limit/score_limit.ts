import { operand } from '../common/operand.js';
import type { Kernel } from '../contract.js';
import { extentOf } from '../layout.js';
import body from './score_limit.wgsl';
export const scoreLimit: Kernel<{ heads: number; scale: number; threshold: number }> = {
  name: 'score_limit',
  inputs: ['q', 'k'],
  outputs: ['limit'],
  infer: () => ({ limit: { shape: [1, 4], dtype: 'f32' } }),
  cost: () => ({ flops: 0, bytes: 0 }),
  variants: [
    {
      name: 'plain',
      plan: ({ inputs, attributes }) => ({
        dispatches: [
          {
            shader: { name: 'score_limit', body },
            bindings: ['q', 'k', 'limit'],
            constants: {
              HEADS: attributes.heads,
              D: extentOf(operand(inputs, 'q', 'a').shape).c / attributes.heads,
              SCALE: { f32: attributes.scale },
              THRESHOLD: { f32: attributes.threshold },
            },
            workgroups: [1, 1, 1],
          },
        ],
      }),
    },
  ],
};
