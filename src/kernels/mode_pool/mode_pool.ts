import floatBits from '../common/float-bits.wgsl';
import { linearGrid } from '../common/grid.js';
import lanes from '../common/lanes.wgsl';
import { formatShape, operand } from '../common/operand.js';
import shift from '../common/shift.wgsl';
import softmaxPieces from '../common/softmax.wgsl';
import type { Kernel, TensorSpec } from '../contract.js';
import { elementCount, extentOf, storageBytes } from '../layout.js';
import body from './mode_pool.wgsl';

export type ModePoolAttributes = {
  /** Number of modes, 1 to 64: the channels are that many contiguous chunks. */
  readonly modes: number;
  /** What layer normalisation adds to the variance; needed with `norm_weight`. */
  readonly eps?: number;
};

/** Weight and bias of layer normalisation. */
const NORM = ['norm_weight', 'norm_bias'] as const;

/** A thread keeps its token's scores in registers. */
const MOST_MODES = 64;

/** The output's shape with a residual, whose rows are the tokens' columns. */
function imageShape(
  residual: TensorSpec,
  [n, tokens, c]: readonly [number, number, number],
): readonly number[] {
  const { shape } = residual;
  const [images, channels, h = 0, w = 0] = shape;
  if (shape.length !== 4 || images !== n || channels !== c || h * w !== tokens)
    throw new Error(
      `mode_pool: residual is ${formatShape(shape)}, ${formatShape([n, tokens, c])} needs [${n}, ${c}, H, W] of ${tokens} pixels`,
    );
  return shape;
}

/**
 * Segtran's aggregation of modes: x [N, T, modes · C], weight [C], bias [1] → y [N, T, C]. Each mode's score is the
 * dot product of its features and `weight`, plus `bias`; y is the sum of the modes weighted by the scores' softmax.
 * Scores that are NaN, +∞ or all -∞ make a token NaN.
 *
 * With `norm_weight` and `norm_bias` [C] each mode goes through layer normalisation first. With `residual` [N, C, H, W]
 * y is [N, C, H, W]: the residual plus the tokens as an image of W rows and H columns, transposed.
 */
export const modePool: Kernel<ModePoolAttributes> = {
  name: 'mode_pool',
  inputs: ['x', 'weight', 'bias', 'norm_weight', 'norm_bias', 'residual'],
  optional: ['norm_weight', 'norm_bias', 'residual'],
  constants: ['weight', 'bias', 'norm_weight', 'norm_bias'],
  outputs: ['y'],
  infer(inputs, { modes, eps }) {
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
    for (const name of NORM) {
      const shape = inputs[name]?.shape;
      if (shape !== undefined && (shape.length !== 1 || shape[0] !== c))
        throw new Error(`mode_pool: ${name} is ${formatShape(shape)}, expected [${c}]`);
    }
    const given = [...NORM.map((name) => inputs[name]), eps].filter((part) => part !== undefined).length;
    if (given !== 0 && given !== NORM.length + 1)
      throw new Error('mode_pool: norm_weight, norm_bias and eps go together');
    const shape = inputs.residual ? imageShape(inputs.residual, [n, tokens, c]) : [n, tokens, c];
    return { y: { shape, dtype: x.dtype } };
  },
  cost({ inputs, outputs }) {
    const x = operand(inputs, 'x', 'mode_pool');
    const y = operand(outputs, 'y', 'mode_pool');
    const { norm_weight, residual } = inputs;
    // Two operations per feature for the scores, two for the weighted sum, ten for layer normalisation.
    const flops = (norm_weight ? 14 : 4) * elementCount(x.shape) + (residual ? elementCount(y.shape) : 0);
    const bytes = storageBytes(x) + storageBytes(y) + (residual ? storageBytes(residual) : 0);
    return { flops, bytes };
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
              bindings: ['x', 'weight', 'bias', 'norm_weight', 'norm_bias', 'residual', 'y'],
              constants: { MODES: attributes.modes, EPS: { f32: attributes.eps ?? 0 }, ROW: rowThreads },
              workgroups,
            },
          ],
        };
      },
    },
  ],
};
