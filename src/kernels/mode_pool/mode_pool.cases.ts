import { drawInteger } from '../common/draw.js';
import type { CaseInput, FuzzCase, KernelCase } from '../contract.js';
import type { ModePoolAttributes } from './mode_pool.js';

const parameters = (channels: number): Record<'weight' | 'bias', CaseInput> => ({
  weight: { shape: [channels] },
  bias: { shape: [1], low: -2, high: 2 },
});

const norm = (channels: number): Record<'norm_weight' | 'norm_bias', CaseInput> => ({
  norm_weight: { shape: [channels], low: -1.5, high: 1.5 },
  norm_bias: { shape: [channels], low: -0.5, high: 0.5 },
});

/** Normalised features are up to √C · 1.5, and carry layer_norm's rounding (5e-6), which exp passes on. */
const normTolerance = { absolute: 5e-5, relative: 1e-5 };
const normWhy =
  'rounding of layer normalisation (5e-6) in sums of up to 48 products, which exp and features of up to 5 pass on';

/** Scores of |s| ≤ 10 carry 1e-6, which the exponential passes on; features are at most 1. */
const tolerance = { absolute: 2e-6, relative: 2e-6 };
const why = 'the scores’ rounding (1e-6 for sums of up to 48 products) passes through exp to the shares';

export const modePoolCases: readonly KernelCase<ModePoolAttributes>[] = [
  {
    name: 'one token, one mode, one channel',
    inputs: { x: { shape: [1, 1, 1] }, ...parameters(1) },
    attributes: { modes: 1 },
    tolerance: { absolute: 0, relative: 1e-6 },
    why: 'a share of 1 up to the rounding of exp(0) and a division',
  },
  {
    name: 'modes of 3 channels that begin between vec4s',
    inputs: { x: { shape: [2, 9, 6] }, ...parameters(3) },
    attributes: { modes: 2 },
    tolerance,
    why,
  },
  {
    name: '5 modes of 7 channels',
    inputs: { x: { shape: [1, 70, 35] }, ...parameters(7) },
    attributes: { modes: 5 },
    tolerance,
    why,
  },
  {
    name: 'scores far apart',
    inputs: {
      x: { shape: [1, 3, 8], low: -500, high: 500 },
      weight: { shape: [4], values: [1, 2, -1, 0.5] },
      bias: { shape: [1], values: [3] },
    },
    attributes: { modes: 2 },
    tolerance: { absolute: 1e-2, relative: 1e-5 },
    why: 'scores near 1000 carry 1e-4, times features of up to 500 where the shares are close',
  },
  {
    name: 'NaN and infinities',
    inputs: {
      x: {
        shape: [1, 4, 6],
        values: [
          ...[1, 2, 3, 4, 5, Number.NaN],
          ...[Number.POSITIVE_INFINITY, 1, 2, 3, 4, 5],
          ...[Number.NEGATIVE_INFINITY, 1, 2, 3, 4, 5],
          ...[1, 2, 3, 4, 5, 6],
        ],
      },
      weight: { shape: [3], values: [0.5, 0.25, 0.125] },
      bias: { shape: [1], values: [0.5] },
    },
    attributes: { modes: 2 },
    tolerance: { absolute: 2e-6, relative: 2e-6 },
    why: 'NaN and infinity in the tokens where PyTorch has them; scores below 4 in the last one',
  },
  {
    name: 'one channel, normalised',
    inputs: { x: { shape: [1, 2, 3] }, ...parameters(1), ...norm(1) },
    attributes: { modes: 3, eps: 1e-5 },
    tolerance: { absolute: 1e-6, relative: 1e-6 },
    why: 'the deviations are zero: what is left is the bias',
  },
  {
    name: '3 modes of 6, normalised: modes that begin between vec4s',
    inputs: { x: { shape: [2, 9, 18] }, ...parameters(6), ...norm(6) },
    attributes: { modes: 3, eps: 1e-12 },
    tolerance: normTolerance,
    why: normWhy,
  },
  {
    name: 'small deviations on a large mean, normalised',
    inputs: { x: { shape: [1, 5, 40], low: 1000, high: 1001 }, ...parameters(20), ...norm(20) },
    attributes: { modes: 2, eps: 1e-5 },
    tolerance: { absolute: 2e-2, relative: 1e-4 },
    why: 'values of 1000 carry 6e-5, which is 2e-4 of their deviation, times sums of 20 products and features of up to 5',
  },
  {
    name: 'added transposed to an image of 5×7',
    inputs: { x: { shape: [2, 35, 6] }, ...parameters(3), residual: { shape: [2, 3, 5, 7] } },
    attributes: { modes: 2 },
    tolerance,
    why,
  },
  {
    name: 'NaN and infinities, normalised and added',
    inputs: {
      x: {
        shape: [1, 4, 4],
        values: [
          ...[1, 2, Number.NaN, 4],
          ...[Number.POSITIVE_INFINITY, 1, 2, 3],
          ...[1, 3, 2, 4],
          ...[4, 3, 2, 1],
        ],
      },
      ...parameters(2),
      ...norm(2),
      residual: { shape: [1, 2, 2, 2], values: [1, 2, Number.NEGATIVE_INFINITY, 4, 5, 6, 7, 8] },
    },
    attributes: { modes: 2, eps: 1e-5 },
    tolerance: normTolerance,
    why: normWhy,
  },
  {
    name: '256×256, 2 modes of 48, normalised and added transposed',
    inputs: {
      x: { shape: [1, 65536, 96] },
      ...parameters(48),
      ...norm(48),
      residual: { shape: [1, 48, 256, 256] },
    },
    attributes: { modes: 2, eps: 1e-12 },
    tolerance: normTolerance,
    why: normWhy,
    bench: true,
  },
  {
    name: '65,536 tokens, 2 modes of 48',
    inputs: { x: { shape: [1, 65536, 96] }, ...parameters(48) },
    attributes: { modes: 2 },
    tolerance,
    why,
    bench: true,
  },
];

export const modePoolFuzzTolerance = tolerance;

export function modePoolFuzz(random: () => number): FuzzCase<ModePoolAttributes> {
  const modes = drawInteger(random, 1, 5);
  const channels = drawInteger(random, 1, 21);
  const [n, h, w] = [drawInteger(random, 1, 3), drawInteger(random, 1, 9), drawInteger(random, 1, 9)];
  const normalized = random() < 0.5;
  const added = random() < 0.5;
  return {
    inputs: {
      x: { shape: [n, h * w, modes * channels] },
      ...parameters(channels),
      ...(normalized ? norm(channels) : {}),
      ...(added ? { residual: { shape: [n, channels, h, w] } } : {}),
    },
    attributes: { modes, ...(normalized ? { eps: 1e-5 } : {}) },
  };
}
