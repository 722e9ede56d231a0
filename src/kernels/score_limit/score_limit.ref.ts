import { dot } from '../common/dot.js';
import { headedTokens } from '../common/heads.js';
import { operand } from '../common/operand.js';
import type { Reference } from '../contract.js';
import { NO_LIMIT, type ScoreLimitAttributes } from './score_limit.js';

export const scoreLimitReference: Reference<ScoreLimitAttributes> = (inputs, attributes) => {
  const q = operand(inputs, 'q', 'score_limit');
  const k = operand(inputs, 'k', 'score_limit');
  const { n, shared, queries, keys, size } = headedTokens(inputs, attributes, 'score_limit');
  const { heads, scale, threshold } = attributes;
  const limit = new Float64Array(4 * n);
  for (let batch = 0; batch < n; batch++) {
    // Math.max keeps a NaN.
    let largest = -Infinity;
    for (let head = 0; head < heads; head++)
      for (let t = 0; t < queries; t++) {
        const query = (((shared ? 0 : batch) * queries + t) * heads + head) * size;
        for (let key = 0; key < keys; key++) {
          const at = ((batch * keys + key) * heads + head) * size;
          largest = Math.max(largest, scale * dot(q.data, query, k.data, at, size));
        }
      }
    limit[4 * batch] = largest > threshold ? threshold : NO_LIMIT;
  }
  return { limit: { shape: [n, 4], data: limit } };
};
