import { dot } from '../common/dot.js';
import { headedTokens } from '../common/heads.js';
import { operand } from '../common/operand.js';
import type { Reference } from '../contract.js';
import type { AttentionAttributes } from './attention.js';

/** Limits from here on mean that nothing is clamped. */
const NO_LIMIT = 3e38;

export const attentionReference: Reference<AttentionAttributes> = (inputs, attributes) => {
  const q = operand(inputs, 'q', 'attention');
  const k = operand(inputs, 'k', 'attention');
  const v = operand(inputs, 'v', 'attention');
  const { n, shared, queries, keys, size } = headedTokens(inputs, attributes, 'attention');
  const { heads, scale } = attributes;
  const outSize = (v.shape[2] ?? 0) / heads;
  const data = new Float64Array(n * queries * heads * outSize);
  const weights = new Float64Array(keys);
  for (let batch = 0; batch < n; batch++) {
    const limit = inputs.limit?.data[4 * batch] ?? Infinity;
    const clamped = limit < NO_LIMIT;
    for (let head = 0; head < heads; head++)
      for (let t = 0; t < queries; t++) {
        const query = (((shared ? 0 : batch) * queries + t) * heads + head) * size;
        // Math.max keeps a NaN, and ∞ - ∞ makes one where the row has no finite largest score.
        let top = -Infinity;
        for (let key = 0; key < keys; key++) {
          const score =
            scale * dot(q.data, query, k.data, ((batch * keys + key) * heads + head) * size, size);
          // Comparisons keep a NaN as well.
          const kept = clamped && score > limit ? limit : clamped && score < -limit ? -limit : score;
          weights[key] = kept;
          top = Math.max(top, kept);
        }
        const out = data.subarray(((batch * queries + t) * heads + head) * outSize).subarray(0, outSize);
        let sum = 0;
        for (let key = 0; key < keys; key++) {
          const weight = Math.exp((weights[key] ?? Number.NaN) - top);
          sum += weight;
          const row = ((batch * keys + key) * heads + head) * outSize;
          for (let e = 0; e < outSize; e++)
            out[e] = (out[e] ?? Number.NaN) + weight * (v.data[row + e] ?? Number.NaN);
        }
        for (let e = 0; e < outSize; e++) out[e] = (out[e] ?? Number.NaN) / sum;
      }
  }
  return { y: { shape: [n, queries, heads * outSize], data } };
};
