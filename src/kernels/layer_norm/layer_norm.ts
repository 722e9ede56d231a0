import { linearGrid } from '../common/grid.js';
import { formatShape, operand } from '../common/operand.js';
import shift from '../common/shift.wgsl';
import type { Kernel } from '../contract.js';
import { elementCount, extentOf, storageBytes } from '../layout.js';
import body from './layer_norm.wgsl';

export type LayerNormAttributes = {
  /** Number of contiguous chunks of channels that are normalised each on its own, with the same weight and bias. */
  readonly groups: number;
  readonly eps: number;
};

/**
 * Layer normalisation over the channels (axis 1 of rank 4, else the last axis), within each of `groups` chunks:
 * (x - mean) / √(variance + eps) · weight + bias, with weight and bias of [C / groups] and the biased variance. The
 * variance takes a second pass over the values, which also corrects the mean (Chan, Golub and LeVeque's corrected
 * two-pass algorithm).
 */
export const layerNorm: Kernel<LayerNormAttributes> = {
  name: 'layer_norm',
  inputs: ['x', 'weight', 'bias'],
  constants: ['weight', 'bias'],
  outputs: ['y'],
  infer(inputs, { groups }) {
    const x = operand(inputs, 'x', 'layer_norm');
    const { c } = extentOf(x.shape);
    if (!Number.isInteger(groups) || groups < 1 || c % groups !== 0)
      throw new Error(
        `layer_norm: x is ${formatShape(x.shape)}, its ${c} channels do not make ${groups} groups`,
      );
    for (const name of ['weight', 'bias']) {
      const { shape } = operand(inputs, name, 'layer_norm');
      if (shape.length !== 1 || shape[0] !== c / groups)
        throw new Error(
          `layer_norm: ${name} is ${formatShape(shape)}, x ${formatShape(x.shape)} in ${groups} groups needs [${c / groups}]`,
        );
    }
    return { y: x };
  },
  cost({ inputs }) {
    const x = operand(inputs, 'x', 'layer_norm');
    // Sum; difference, square, two sums; difference twice, scale, weight, bias.
    return { flops: 10 * elementCount(x.shape), bytes: 2 * storageBytes(x) };
  },
  variants: [
    {
      name: 'plain',
      plan({ inputs, attributes }) {
        const { n, h, w, c } = extentOf(operand(inputs, 'x', 'layer_norm').shape);
        const { groups, eps } = attributes;
        const threadsPerPixel = (c / groups) % 4 === 0 ? groups : 1;
        const { workgroups, rowThreads } = linearGrid(n * h * w * threadsPerPixel);
        return {
          dispatches: [
            {
              shader: { name: 'layer_norm', body, includes: [shift] },
              bindings: ['x', 'weight', 'bias', 'y'],
              constants: { GROUPS: groups, EPS: { f32: eps }, ROW: rowThreads },
              workgroups,
            },
          ],
        };
      },
    },
  ],
};
