import { operand } from '../common/operand.js';
import type { Reference } from '../contract.js';
import type { ModePoolAttributes } from './mode_pool.js';

export const modePoolReference: Reference<ModePoolAttributes> = (inputs, { modes }) => {
  const x = operand(inputs, 'x', 'mode_pool');
  const weight = operand(inputs, 'weight', 'mode_pool');
  const bias = operand(inputs, 'bias', 'mode_pool').data[0] ?? Number.NaN;
  const [n = 0, tokens = 0, features = 0] = x.shape;
  const c = features / modes;
  const data = new Float64Array(n * tokens * c);
  for (let token = 0; token < n * tokens; token++) {
    const feature = (mode: number, k: number): number =>
      x.data[token * features + mode * c + k] ?? Number.NaN;
    const scores = Array.from({ length: modes }, (_, mode) => {
      let score = bias;
      for (let k = 0; k < c; k++) score += feature(mode, k) * (weight.data[k] ?? Number.NaN);
      return score;
    });
    const top = Math.max(...scores);
    const shares = scores.map((score) => Math.exp(score - top));
    const sum = shares.reduce((a, b) => a + b, 0);
    for (let k = 0; k < c; k++)
      data[token * c + k] = shares.reduce(
        (value, share, mode) => value + (share / sum) * feature(mode, k),
        0,
      );
  }
  return { y: { shape: [n, tokens, c], data } };
};
