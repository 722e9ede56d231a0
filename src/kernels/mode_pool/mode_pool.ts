import floatBits from '../common/float-bits.wgsl';
import { linearGrid } from '../common/grid.js';
import lanes from '../common/lanes.wgsl';
import { formatShape, operand } from '../common/operand.js';
import shift from '../common/shift.wgsl';
import softmaxPieces from '../common/softmax.wgsl';
import type { Kernel } from '../contract.js';
import { elementCount, extentOf, storageBytes } from '../layout.js';
import body from './mode_pool.wgsl';

export type ModePoolAttributes = {
  /** Number of modes, 1 to 64: the channels are that many contiguous chunks. */
  readonly modes: number;
};

/** A thread keeps its token's scores in registers. */
const MOST_MODES = 64;

/**
 * Segtran's aggregation of modes: x [N, T, modes · C], weight [C], bias [1] → y [N, T, C]. Each mode's score is the
 * dot product of its features and `weight`, plus `bias`; y is the sum of the modes weighted by the scores' softmax.
 * Scores that are NaN, +∞ or all -∞ make a token NaN.
 */
export const modePool: Kernel<ModePoolAttributes> = {
  name: 'mode_pool',
  inputs: ['x', 'weight', 'bias'],
  constants: ['weight', 'bias'],
  outputs: ['y'],
  infer(inputs, { modes }) {
    const x = operand(inputs, 'x', 'mode_pool');
    const weight = operand(inputs, 'weight', 'mode_pool');
    const bias = operand(inputs, 'bias', 'mode_pool');
    const [n, tokens, features] = x.shape;
    if (n === undefined || tokens === undefined || features === undefined || x.shape.length !== 3)
      throw new Error(`mode_pool: x is ${formatShape(x.shape)}, expected [N, T, modes · C]`);
    if (!Number.isInteger(modes) || modes < 1 || modes > MOST_MODES || features % modes !== 0)
      throw new Error(
        `mode_pool: x is ${formatShape(x.shape)}, its ${features} features do not make ${modes} modes (1 to ${MOST_MODES})`,
      );
    const c = features / modes;
    if (weight.shape.length !== 1 || weight.shape[0] !== c)
      throw new Error(
        `mode_pool: weight is ${formatShape(weight.shape)}, x ${formatShape(x.shape)} in ${modes} modes needs [${c}]`,
      );
    if (elementCount(bias.shape) !== 1)
      throw new Error(`mode_pool: bias is ${formatShape(bias.shape)}, expected one element`);
    return { y: { shape: [n, tokens, c], dtype: x.dtype } };
  },
  cost({ inputs, outputs }) {
    const x = operand(inputs, 'x', 'mode_pool');
    const y = operand(outputs, 'y', 'mode_pool');
    // Two operations per feature for the scores, two for the weighted sum.
    return { flops: 4 * elementCount(x.shape), bytes: storageBytes(x) + storageBytes(y) };
  },
  variants: [
    {
      name: 'plain',
      plan({ outputs, attributes }) {
        const { n, h, w } = extentOf(operand(outputs, 'y', 'mode_pool').shape);
        const { workgroups, rowThreads } = linearGrid(n * h * w);
        const includes = [lanes, shift, floatBits, softmaxPieces];
        return {
          dispatches: [
            {
              shader: { name: 'mode_pool', body, includes },
              bindings: ['x', 'weight', 'bias', 'y'],
              constants: { MODES: attributes.modes, ROW: rowThreads },
              workgroups,
            },
          ],
        };
      },
    },
  ],
};
