import { describe, expect, it } from 'vitest';
import type { Stage } from '../../src/zian/stages.js';
import { attentionOf } from '../../web/worker/attention.js';
import { random } from '../support/random.js';

const [side, modes, attractors] = [4, 2, 3];
const tokens = side * side;

/** Scores of a made-up network; pixels are counted column by column. */
function stages(): Map<string, Stage> {
  const draw = random(7);
  const scores = (shape: readonly number[]): Stage => ({
    shape,
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 4 * draw() - 2),
  });
  return new Map([
    ['attn.in_ator_trans.scores', scores([modes, attractors, tokens])],
    ['attn.ator_out_trans.scores', scores([modes, tokens, attractors])],
  ]);
}

const softmax = (row: number[]): number[] => {
  const sum = row.reduce((a, b) => a + Math.exp(b), 0);
  return row.map((value) => Math.exp(value) / sum);
};

describe('the attention of a pixel', () => {
  it('is what it reads from the attractors times what these read from the pixels', () => {
    const made = stages();
    const squeeze = made.get('attn.in_ator_trans.scores')?.data ?? new Float32Array();
    const expand = made.get('attn.ator_out_trans.scores')?.data ?? new Float32Array();
    const found = attentionOf(made, side, modes, { x: 1, y: 3 });
    expect(found.addedAt).toEqual({ x: 3, y: 1 });
    for (const [mode, map] of found.modes.entries()) {
      const token = 1 * side + 3;
      const start = (mode * tokens + token) * attractors;
      const weights = softmax([...expand.subarray(start, start + attractors)]);
      const want = new Float32Array(tokens);
      for (const [a, weight] of weights.entries()) {
        const row = (mode * attractors + a) * tokens;
        // Token t is the pixel in column t / side and row t % side.
        for (const [t, share] of softmax([...squeeze.subarray(row, row + tokens)]).entries())
          want[(t % side) * side + Math.floor(t / side)] =
            (want[(t % side) * side + Math.floor(t / side)] ?? 0) + weight * share;
      }
      for (const [i, value] of map.entries()) expect(value).toBeCloseTo(want[i] ?? Number.NaN, 6);
      expect(map.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
    }
  });

  it('counts the attractors that carry nine tenths', () => {
    const made = stages();
    const expand = made.get('attn.ator_out_trans.scores');
    expand?.data.fill(0);
    expand?.data.set([100, 0, 0], 0);
    expect(attentionOf(made, side, modes, { x: 0, y: 0 }).attractors).toEqual([1, 3]);
  });
});
