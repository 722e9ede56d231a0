import type { AttentionAttributes } from '../../../src/kernels/attention/attention.js';
import { elementCount } from '../../../src/kernels/layout.js';
import { NO_LIMIT, type ScoreLimitAttributes } from '../../../src/kernels/score_limit/score_limit.js';
import type { Emitter } from '../emitter.js';
import { type Lowering, splitLast } from '../lowering.js';
import type { Tensor } from '../onnx-model.js';

/** [N, T, heads · D] → [N, heads, T, D], or [N, heads, D, T]. */
function headed(emitter: Emitter, x: Tensor, heads: number, order: 'rows' | 'columns'): Tensor {
  return emitter.transpose(splitLast(emitter, x, heads), order === 'rows' ? [0, 2, 1, 3] : [0, 2, 3, 1]);
}

/** Scores [N, heads, Tq, Tk] between plus and minus the limit [N, 4] of their image. */
function limited(emitter: Emitter, scores: Tensor, limit: Tensor): Tensor {
  const [n = 0] = scores.shape;
  const first = emitter.gather(limit, emitter.integers(0), 1);
  if (n === 1) {
    const most = emitter.reshape(first, []);
    return emitter.node('Clip', [scores, emitter.node('Neg', [most], []), most], scores.shape);
  }
  // Clip takes one limit for all.
  const shape = [n, 1, 1, 1];
  const most = emitter.reshape(first, shape);
  const below = emitter.node('Min', [scores, most], scores.shape);
  return emitter.node('Max', [below, emitter.node('Neg', [most], shape)], scores.shape);
}

/**
 * Scores of attention, and attention on them. The limit of the scores and the attention are two kernels over the same
 * scores, which are emitted once.
 */
export class AttentionLowerings {
  readonly #scores = new Map<Tensor, Map<Tensor, Map<string, Tensor>>>();

  readonly attention: Lowering<AttentionAttributes> = {
    lower: ({ emitter, attributes, input, optional }) => {
      const { heads } = attributes;
      const v = input('v');
      const [n = 0, , channels = 0] = v.shape;
      const [, queries = 0] = input('q').shape;
      let scores = this.#scoresOf(emitter, input('q'), input('k'), attributes);
      const limit = optional('limit');
      if (limit) scores = limited(emitter, scores, limit);
      const shares = emitter.node('Softmax', [scores], scores.shape, { axis: -1 });
      const attended = emitter.node(
        'MatMul',
        [shares, headed(emitter, v, heads, 'rows')],
        [n, heads, queries, channels / heads],
      );
      return { y: emitter.reshape(emitter.transpose(attended, [0, 2, 1, 3]), [n, queries, channels]) };
    },
  };

  readonly scoreLimit: Lowering<ScoreLimitAttributes> = {
    lower: ({ emitter, attributes, input }) => {
      const scores = this.#scoresOf(emitter, input('q'), input('k'), attributes);
      const [n = 0] = scores.shape;
      const largest = emitter.node('ReduceMax', [scores], [n], { axes: [1, 2, 3], keepdims: 0 });
      const threshold = emitter.numbers(attributes.threshold);
      const exceeds = emitter.node('Greater', [largest, threshold], [n], {}, 'bool');
      const limit = emitter.node('Where', [exceeds, threshold, emitter.numbers(NO_LIMIT)], [n]);
      const unused = emitter.expand(emitter.numbers(0), [n, 3]);
      return { limit: emitter.concat([emitter.reshape(limit, [n, 1]), unused], 1) };
    },
  };

  /** scale · q kᵀ per head, [N, heads, Tq, Tk]; the smaller operand is scaled. */
  #scoresOf(
    emitter: Emitter,
    q: Tensor,
    k: Tensor,
    { heads, scale }: Pick<AttentionAttributes, 'heads' | 'scale'>,
  ): Tensor {
    const byKey = this.#scores.get(q) ?? new Map<Tensor, Map<string, Tensor>>();
    this.#scores.set(q, byKey);
    const byScale = byKey.get(k) ?? new Map<string, Tensor>();
    byKey.set(k, byScale);
    const key = `${heads} ${scale}`;
    const known = byScale.get(key);
    if (known) return known;

    const scaled = (x: Tensor): Tensor =>
      scale === 1 ? x : emitter.binary('Mul', x, emitter.numbers(scale));
    const scaleQueries = elementCount(q.shape) <= elementCount(k.shape);
    const queries = headed(emitter, scaleQueries ? scaled(q) : q, heads, 'rows');
    const keys = headed(emitter, scaleQueries ? k : scaled(k), heads, 'columns');
    // The same queries for all images are broadcast.
    const [n = 0] = keys.shape;
    const shape = [n, ...queries.shape.slice(1, -1), keys.shape.at(-1) ?? 0];
    const scores = emitter.node('MatMul', [queries, keys], shape);
    byScale.set(key, scores);
    return scores;
  }
}
