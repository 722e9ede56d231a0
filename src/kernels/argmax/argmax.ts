import { linearGrid } from '../common/grid.js';
import { groupGrid } from '../common/group-grid.js';
import { formatShape, operand } from '../common/operand.js';
import type { Kernel } from '../contract.js';
import { elementCount, extentOf, storageBytes } from '../layout.js';
import finalBody from './argmax-final.wgsl';
import partialBody from './argmax-partial.wgsl';
import bestOfTwo from './best.wgsl';

export type ArgmaxAttributes = {
  /** Where the maximum is neither above 0 nor NaN, column, row and flat index are 0. */
  readonly positiveOnly: boolean;
};

/** At most this many threads share a plane: 64 positions each at 256 × 256. */
const MOST_PARTS = 1024;
/** Three u32. */
const PART_BYTES = 12;

/**
 * The peak of each plane of x [N, C, H, W]: `index` [N, C, 4] = (column, row, row · W + column, 0) and `value`
 * [N, C, 4] = (maximum, the largest over all other positions, 0, 0) and `around` [N, C, 4] = the values left, right, above
 * and below of the position in `index`, at the border the value at that position itself. The first of equal maxima in row-major order wins.
 * NaN is larger than everything, as in PyTorch; a plane of one element has -∞ as its second.
 */
export const argmax: Kernel<ArgmaxAttributes> = {
  name: 'argmax',
  inputs: ['x'],
  outputs: ['index', 'value', 'around'],
  infer(inputs) {
    const x = operand(inputs, 'x', 'argmax');
    const [n, c] = x.shape;
    if (n === undefined || c === undefined || x.shape.length !== 4)
      throw new Error(`argmax: x is ${formatShape(x.shape)}, expected [N, C, H, W]`);
    const shape = [n, c, 4];
    return {
      index: { shape, dtype: 'u32' },
      value: { shape, dtype: 'f32' },
      around: { shape, dtype: 'f32' },
    };
  },
  cost({ inputs }) {
    const x = operand(inputs, 'x', 'argmax');
    return { flops: elementCount(x.shape), bytes: storageBytes(x) };
  },
  variants: [
    {
      name: 'plain',
      plan({ inputs, attributes }) {
        const { n, h, w, c } = extentOf(operand(inputs, 'x', 'argmax').shape);
        const planes = n * c;
        const parts = Math.min(h * w, MOST_PARTS);
        const partial = linearGrid(planes * parts);
        const final = groupGrid(planes);
        return {
          scratch: { parts: planes * parts * PART_BYTES },
          dispatches: [
            {
              shader: { name: 'argmax-partial', body: partialBody, includes: [bestOfTwo] },
              bindings: ['x', 'parts'],
              constants: { PARTS: parts, ROW: partial.rowThreads },
              workgroups: partial.workgroups,
            },
            {
              shader: { name: 'argmax-final', body: finalBody, includes: [bestOfTwo] },
              bindings: ['x', 'parts', 'index', 'value', 'around'],
              constants: {
                PARTS: parts,
                COLUMNS: w,
                POSITIVE_ONLY: attributes.positiveOnly,
                ROW: final.rowGroups,
              },
              workgroups: final.workgroups,
            },
          ],
        };
      },
    },
  ],
};
