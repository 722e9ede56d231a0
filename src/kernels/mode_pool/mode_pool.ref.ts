import { operand } from '../common/operand.js';
import type { Reference, RefTensor } from '../contract.js';
import { layerNormReference } from '../layer_norm/layer_norm.ref.js';
import type { ModePoolAttributes } from './mode_pool.js';

/** The tokens, each mode of them normalised where there are a weight and a bias for that. */
function tokensOf(
  inputs: Parameters<typeof modePoolReference>[0],
  { modes, eps }: ModePoolAttributes,
): RefTensor {
  const x = operand(inputs, 'x', 'mode_pool');
  const { norm_weight: weight, norm_bias: bias } = inputs;
  if (!weight || !bias || eps === undefined) return x;
  return operand(layerNormReference({ x, weight, bias }, { groups: modes, eps }), 'y', 'layer_norm');
}

export const modePoolReference: Reference<ModePoolAttributes> = (inputs, attributes) => {
  const { modes } = attributes;
  const x = tokensOf(inputs, attributes);
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
  const { residual } = inputs;
  if (!residual) return { y: { shape: [n, tokens, c], data } };
  const [, , h = 0, w = 0] = residual.shape;
  const sum = residual.data.map((value, at) => {
    const [column, row] = [at % w, Math.floor(at / w) % h];
    const [channel, image] = [Math.floor(at / (h * w)) % c, Math.floor(at / (h * w * c))];
    return value + (data[(image * tokens + column * h + row) * c + channel] ?? Number.NaN);
  });
  return { y: { shape: residual.shape, data: sum } };
};
