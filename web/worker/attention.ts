import type { Point } from '../../src/zian/coordinates.js';
import type { Stage } from '../../src/zian/stages.js';
import type { PixelAttention } from '../shared/messages.js';

/** Of one row of scores; the largest is taken out first, so that nothing overflows. */
export function softmax(scores: Float32Array): Float64Array<ArrayBuffer> {
  let largest = Number.NEGATIVE_INFINITY;
  for (const score of scores) if (score > largest) largest = score;
  const out = Float64Array.from(scores, (score) => Math.exp(score - largest));
  let sum = 0;
  for (const value of out) sum += value;
  return out.map((value) => value / sum);
}

/** How many of the largest weights add up to nine tenths. */
function carriers(weights: Float64Array<ArrayBuffer>): number {
  let sum = 0;
  let count = 0;
  for (const weight of weights.toSorted((a, b) => b - a)) {
    if (sum >= 0.9) break;
    sum += weight;
    count += 1;
  }
  return count;
}

/**
 * Where one pixel's self-attention looks. The network does not compare pixels with pixels: a pixel reads from the
 * attractors, and these have read from all pixels. What is returned is the product of both, which is how much each
 * pixel's features weigh in what the attractors that this one reads had gathered, as if nothing came between the two
 * halves (there is a small network between them, so this tells where it looks and not what it takes).
 *
 * @param stages of `Zian.stages`, with `attn.in_ator_trans.scores` [mode, attractor, pixel] and
 *   `attn.ator_out_trans.scores` [mode, pixel, attractor]; pixels are counted column by column
 * @param side of the square of pixels
 */
export function attentionOf(
  stages: ReadonlyMap<string, Stage>,
  side: number,
  modes: number,
  { x, y }: Point,
): PixelAttention {
  const squeeze = scoresOf(stages, 'attn.in_ator_trans.scores');
  const expand = scoresOf(stages, 'attn.ator_out_trans.scores');
  const pixels = side * side;
  const attractors = expand.shape[2] ?? 0;
  const token = x * side + y;
  const counts: number[] = [];
  const maps = Array.from({ length: modes }, (_, mode) => {
    const from = (mode * pixels + token) * attractors;
    const weights = softmax(expand.data.subarray(from, from + attractors));
    counts.push(carriers(weights));
    const map = new Float32Array(pixels);
    for (const [a, weight] of weights.entries()) {
      if (weight < NEGLIGIBLE / attractors) continue;
      const row = (mode * attractors + a) * pixels;
      const read = softmax(squeeze.data.subarray(row, row + pixels));
      for (let column = 0; column < side; column++)
        for (let line = 0; line < side; line++) {
          const at = line * side + column;
          map[at] = (map[at] ?? 0) + weight * (read[column * side + line] ?? 0);
        }
    }
    return map;
  });
  return { modes: maps, side, attractors: counts, addedAt: { x: y, y: x } };
}

/** Attractors with less than this share of an even weight would not be seen. */
const NEGLIGIBLE = 1e-3;

function scoresOf(stages: ReadonlyMap<string, Stage>, name: string): Stage {
  const stage = stages.get(name);
  if (!stage) throw new Error(`there is no stage ${name}`);
  return stage;
}
