import type { Module, Value } from '../../graph/index.js';
import { attention } from '../../kernels/attention/attention.js';
import { extentOf } from '../../kernels/layout.js';

/** Each pixel of `queries` as the average of the `values`, weighted by the softmax of its scores with the keys. */
function attend(m: Module, label: string, q: Value, k: Value, v: Value): Value {
  return m.builder.apply(attention, label, { q, k, v }, { heads: 1, scale: 1 });
}

/**
 * Co-attention of two regions (MODEL.md section 4.3): what each takes from the other, joined with what it had.
 * The scores A = (Vaᵀ · linear_eᵀ) · Vb are softmaxed over the exemplar's pixels for the query and over the query's
 * for the exemplar; they are never stored.
 *
 * @param exemplar features of ROI 1, [N, F, h, w]
 * @param query features of ROI 3, of the same shape
 * @param gated REFUGE's variant: a linear layer in the scores, and a gate; otherwise AGE's
 * @returns the two regions' new features, in that order
 */
export function coAttention(m: Module, exemplar: Value, query: Value, gated: boolean): [Value, Value] {
  const { h, w } = extentOf(exemplar.spec.shape);
  const va = m.tokens(exemplar);
  const vb = m.tokens(query);
  const keys = gated ? m.linear('linear_e', va) : va;
  const queryAttended = m.image(attend(m, 'coattention.query', vb, keys, va), h, w);
  const exemplarAttended = m.image(attend(m, 'coattention.exemplar', keys, vb, vb), h, w);

  const gate = (x: Value): Value => (gated ? m.multiply(x, m.sigmoid(m.conv2d('coatten_gate', x))) : x);
  const merge = (label: string, attended: Value, original: Value, suffix: string): Value => {
    const joined = m.concat(`coattention.${label}.concat`, [gate(attended), original]);
    const conv = m.conv2d(`coatten_conv${suffix}`, joined, { padding: 1 });
    return m.relu(m.batchNorm(`coatten_bn${suffix}`, conv));
  };
  return [
    merge('exemplar', exemplarAttended, exemplar, gated ? '1' : ''),
    merge('query', queryAttended, query, gated ? '2' : ''),
  ];
}
