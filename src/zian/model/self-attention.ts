import type { Module, Value } from '../../graph/index.js';
import { attention } from '../../kernels/attention/attention.js';
import { layerNorm } from '../../kernels/layer_norm/layer_norm.js';
import { extentOf } from '../../kernels/layout.js';
import { modePool } from '../../kernels/mode_pool/mode_pool.js';
import { scoreLimit } from '../../kernels/score_limit/score_limit.js';
import type { SelfAttentionArchitecture } from '../architecture.js';
import type { RecordStage, TokenOrder } from './record.js';

/** Scores beyond this clamp the whole tensor to ± it. */
export const LARGEST_SCORE = 500;
const LAYER_NORM_EPSILON = 1e-12;

type Tokens = TokenOrder['tokens'];

/**
 * Segtran's CrossAtt (MODEL.md section 6), without the residual that the reference computes and drops.
 * @param queries [N, Tq, C], or [1, Tq, C] for all images
 * @param keys [N, Tk, C]; also the source of the values
 * @returns [N, Tq, C]
 */
function crossAttention(
  m: Module,
  queries: Value,
  keys: Value,
  { modes, modeSize }: SelfAttentionArchitecture,
  [queryTokens, keyTokens]: readonly [Tokens, Tokens],
  record: RecordStage,
): Value {
  const { builder } = m;
  const path = m.path.replace('attention.', 'attn.');
  const keep = (name: string, value: Value, tokens: Tokens, as: TokenOrder['as'] = 'rows'): Value =>
    record(`${path}.${name}`, value, { tokens, as, modes });

  const q = keep('query', m.linear('query', queries), queryTokens);
  const k = keep('key', m.linear('key', keys), keyTokens);
  const scores = { heads: modes, scale: 1 / Math.sqrt(modeSize) };
  const limit = builder.apply(
    scoreLimit,
    `${m.path}.limit`,
    { q, k },
    { ...scores, threshold: LARGEST_SCORE },
  );

  const out = m.child('out_trans');
  const v = keep('first_linear', out.linear('first_linear', keys), keyTokens);
  let x = builder.apply(attention, `${m.path}.attended`, { q, k, v, limit }, scores);
  keep('mid_in', x, queryTokens, 'mode-columns');
  x = out.gelu(out.repeatedLinear('intermediate.shared_linear', x, modes));
  keep('mid_out', x, queryTokens, 'mode-columns');
  x = out.groupedLinear('output.group_linear', x, modes);
  const norm = out.child('output.resout_norm_layer');
  const affine = { weight: norm.weight('weight'), bias: norm.weight('bias') };
  x = builder.apply(layerNorm, norm.path, { x, ...affine }, { groups: modes, eps: LAYER_NORM_EPSILON });
  keep('modes_out', x, queryTokens, 'mode-rows');
  const score = out.child('feat_softaggr.feat2score');
  x = builder.apply(
    modePool,
    out.child('feat_softaggr').path,
    { x, weight: builder.reshaped(score.weight('weight'), [-1]), bias: score.weight('bias') },
    { modes },
  );
  return keep('out', x, queryTokens);
}

/**
 * Segtran's squeezed-and-expanded attention: the attractors read from all pixels, then every pixel from the
 * attractors. What comes out is added transposed, as the reference does: the result's pixel (row i, column j) is
 * features(i, j) plus what the pixel in row j and column i got.
 * @param features [N, C, S, S]
 */
export function selfAttention(
  m: Module,
  features: Value,
  architecture: SelfAttentionArchitecture,
  record: RecordStage,
): Value {
  const { h, w } = extentOf(features.spec.shape);
  const tokens = m.tokens(features);
  const attractors = m.builder.weight(`${m.path}.attractors`, m.builder.dtype);
  const squeezed = crossAttention(
    m.child('in_ator_trans'),
    attractors,
    tokens,
    architecture,
    ['attractors', 'pixels'],
    record,
  );
  const expanded = crossAttention(
    m.child('ator_out_trans'),
    tokens,
    squeezed,
    architecture,
    ['pixels', 'attractors'],
    record,
  );
  return m.add(features, m.transposeHw(`${m.path}.transposed`, m.image(expanded, h, w)));
}
