import { drawInteger } from '../common/draw.js';
import type { CaseInput, FuzzCase, KernelCase } from '../contract.js';
import type { ModePoolAttributes } from './mode_pool.js';

const parameters = (channels: number): Record<'weight' | 'bias', CaseInput> => ({
  weight: { shape: [channels] },
  bias: { shape: [1], low: -2, high: 2 },
});

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
  const shape = [drawInteger(random, 1, 3), drawInteger(random, 1, 80), modes * channels];
  return { inputs: { x: { shape }, ...parameters(channels) }, attributes: { modes } };
}
