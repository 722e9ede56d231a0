import type { TokenOrder } from './model/record.js';

/** A stage's result in the shape and order of the reference data (MODEL.md section 9). */
export interface Stage {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Tokens [1, T, modes · C or C] as the reference lays them out. */
export function reorderTokens({ shape, data }: Stage, { tokens, as, modes }: TokenOrder): Stage {
  const [, count = 0, features = 0] = shape;
  const side = Math.sqrt(count);
  // The reference counts pixels column by column, the graph row by row.
  const source = (token: number): number =>
    tokens === 'pixels' ? (token % side) * side + Math.floor(token / side) : token;
  const out = new Float32Array(data.length);
  if (as === 'rows') {
    for (let t = 0; t < count; t++)
      out.set(data.subarray(source(t) * features, (source(t) + 1) * features), t * features);
    return { shape: [count, features], data: out };
  }
  const channels = features / modes;
  for (let t = 0; t < count; t++) {
    const from = source(t) * features;
    for (let m = 0; m < modes; m++)
      for (let c = 0; c < channels; c++) {
        const to = as === 'mode-rows' ? (m * count + t) * channels + c : (m * channels + c) * count + t;
        out[to] = data[from + m * channels + c] ?? 0;
      }
  }
  return {
    shape: as === 'mode-rows' ? [modes, count, channels] : [modes, channels, count],
    data: out,
  };
}

/**
 * The self-attention's scores [mode, query, key], which the engine never stores: computed from the queries and keys
 * that it used, for dumps.
 */
export function attentionScores(query: Stage, key: Stage, modes: number, largest: number): Stage {
  const [queries = 0, features = 0] = query.shape;
  const [keys = 0] = key.shape;
  const size = features / modes;
  const scale = 1 / Math.sqrt(size);
  const data = new Float32Array(modes * queries * keys);
  let highest = Number.NEGATIVE_INFINITY;
  let to = 0;
  for (let m = 0; m < modes; m++)
    for (let q = 0; q < queries; q++)
      for (let k = 0; k < keys; k++) {
        let sum = 0;
        const a = q * features + m * size;
        const b = k * features + m * size;
        for (let d = 0; d < size; d++) sum += (query.data[a + d] ?? 0) * (key.data[b + d] ?? 0);
        const score = sum * scale;
        if (score > highest) highest = score;
        data[to++] = score;
      }
  if (highest > largest)
    for (let i = 0; i < data.length; i++) data[i] = Math.min(largest, Math.max(-largest, data[i] ?? 0));
  return { shape: [modes, queries, keys], data };
}
