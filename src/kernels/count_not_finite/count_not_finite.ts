import { f32Bits } from '../common/f32-bits.js';
import { operand } from '../common/operand.js';
import type { Kernel } from '../contract.js';
import { elementCount, extentOf, storageBytes, vec4s } from '../layout.js';
import finalBody from './count_not_finite-final.wgsl';
import partialBody from './count_not_finite-partial.wgsl';

export type CountNotFiniteAttributes = {
  /**
   * Numbers of this magnitude and more count as well: half precision's largest, where an adapter may round what is beyond to
   * it rather than to infinity. Undefined: NaN and infinity alone.
   */
  readonly limit?: number;
};

/** Enough threads to keep a GPU's memory busy, few enough for the second half. */
const MOST_PARTS = 8192;

/**
 * How many elements of x, of any shape, are NaN, infinite or too large: `count` [N, 4] = (number, 0, 0, 0) for each image of
 * the batch, one where x has no batch.
 */
export const countNotFinite: Kernel<CountNotFiniteAttributes> = {
  name: 'count_not_finite',
  inputs: ['x'],
  blocked: ['x'],
  outputs: ['count'],
  infer(inputs) {
    const { n } = extentOf(operand(inputs, 'x', 'count_not_finite').shape);
    return { count: { shape: [n, 4], dtype: 'u32' } };
  },
  cost({ inputs }) {
    const x = operand(inputs, 'x', 'count_not_finite');
    return { flops: elementCount(x.shape), bytes: storageBytes(x) };
  },
  variants: [
    {
      name: 'plain',
      plan({ inputs, outputs, attributes }) {
        const { shape, layout } = operand(inputs, 'x', 'count_not_finite');
        const { n, h, w, c } = extentOf(shape);
        const parts = Math.min(MOST_PARTS, h * w * vec4s(c));
        const { offset, stride } = operand(outputs, 'count', 'count_not_finite').layout;
        return {
          scratch: { counts: 4 * n * parts },
          dispatches: [
            {
              shader: { name: 'count_not_finite-partial', body: partialBody },
              bindings: ['x', 'counts'],
              constants: {},
              parameters: {
                parts,
                pixels: h * w,
                c4: vec4s(c),
                offset: layout.offset,
                stride: layout.stride,
                limit: f32Bits(attributes.limit ?? Number.POSITIVE_INFINITY),
              },
              workgroups: [Math.ceil(parts / 64), n, 1],
            },
            {
              shader: { name: 'count_not_finite-final', body: finalBody },
              bindings: ['counts', 'count'],
              constants: {},
              parameters: { parts, offset, stride },
              workgroups: [n, 1, 1],
            },
          ],
        };
      },
    },
  ],
};
