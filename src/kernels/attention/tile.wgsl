// Streamed attention of 4 queries: one head, a block of up to 6 vec4s of the values. Builds on scores.wgsl, float-bits.wgsl
// and softmax.wgsl. The constant MASKED is true where heads share vec4s or the number of keys is no multiple of 4.
//
// One of loads-by-thread.wgsl and loads-by-subgroup.wgsl goes with it.
//
// Written for any adapter, with what the software ones showed: threads of a workgroup walk the same keys, told by
// workgroup_id alone, so that k and v are loaded once and not per lane; accumulators are named because local arrays are
// memory there; two queries per thread are 1.7 times as slow (loads dominate).

// Below all finite scores of interest, and finite itself: differences to -infinity stay defined.
const LOWEST = -3.4e38;

struct Block {
  // Its vec4s of a token of y: from first to before end.
  first: u32,
  end: u32,
  first_head: u32,
  last_head: u32,
}

// Blocks of BLOCK vec4s make up spans: a head's channels, or a whole token where heads share vec4s.
fn block_of(index: u32) -> Block {
  let per_span = (p.span + BLOCK - 1u) / BLOCK;
  let span = index / per_span * p.span;
  let first = span + index % per_span * BLOCK;
  let end = min(first + BLOCK, span + p.span);
  return Block(first, end, 4u * first / p.out_size, (min(4u * end, p.heads * p.out_size) - 1u) / p.out_size);
}

// Per query: the largest score, the sum of the exponentials, whether the row must be NaN (as where PyTorch's is: a NaN or
// +infinity among the scores), and the weighted values.
struct Tile {
  top: vec4<f32>,
  sum: vec4<f32>,
  spoilt: vec4<bool>,
  v0: mat4x4<f32>,
  v1: mat4x4<f32>,
  v2: mat4x4<f32>,
  v3: mat4x4<f32>,
  v4: mat4x4<f32>,
  v5: mat4x4<f32>,
}

// For loops over the channels, which come once at the end: a local array indexed by a variable lives in memory.
fn values_of(tile: Tile) -> array<mat4x4<f32>, 6> {
  return array<mat4x4<f32>, 6>(tile.v0, tile.v1, tile.v2, tile.v3, tile.v4, tile.v5);
}

// Comparisons keep a NaN where clamp() might lose it. An infinite limit changes nothing.
fn limited(v: vec4<f32>, bound: f32) -> vec4<f32> {
  if (!HAS_LIMIT) { return v; }
  let below = select(v, vec4<f32>(bound), v > vec4<f32>(bound));
  return select(below, vec4<f32>(-bound), below < vec4<f32>(-bound));
}

fn score_bound(n: u32) -> f32 {
  let value = f32(limit[p.limit_offset + n * p.limit_stride].x);
  return select(value, infinity(), value >= 3e38);
}

// Keys from `end` on are not there.
fn existing(v: vec4<f32>, key: u32, end: u32) -> vec4<f32> {
  if (!MASKED) { return v; }
  return select(vec4<f32>(-infinity()), v, key + vec4<u32>(0u, 1u, 2u, 3u) < vec4<u32>(end));
}

fn scale_columns(m: mat4x4<f32>, by: vec4<f32>) -> mat4x4<f32> {
  return mat4x4<f32>(m[0] * by.x, m[1] * by.y, m[2] * by.z, m[3] * by.w);
}

// Of 4 keys: columns. Those from BLOCK on are of no account.
struct Values {
  v0: mat4x4<f32>,
  v1: mat4x4<f32>,
  v2: mat4x4<f32>,
  v3: mat4x4<f32>,
  v4: mat4x4<f32>,
  v5: mat4x4<f32>,
}

// Attention of queries `query` to `query` + 3 over keys begin to end - 1, for the vec4s of y from c4 on.
fn attend(n: u32, head: u32, query: u32, c4: u32, begin: u32, end: u32) -> Tile {
  let ones = vec4<f32>(1.0);
  let range = head_range(head);
  let queries = load_queries(q_rows(n, query), range);
  var bound = 0.0;
  if (HAS_LIMIT) { bound = score_bound(n); }
  var top = vec4<f32>(LOWEST);
  var sum = vec4<f32>(0.0);
  // NaN as soon as one of the scores is.
  var trace = vec4<f32>(0.0);
  var v0 = mat4x4<f32>();
  var v1 = mat4x4<f32>();
  var v2 = mat4x4<f32>();
  var v3 = mat4x4<f32>();
  var v4 = mat4x4<f32>();
  var v5 = mat4x4<f32>();
  for (var key = begin; key < end; key += 4u) {
    let raw = tile_scores(queries, k_rows(n, key), head, range);
    trace += ones * raw;
    let s = mat4x4<f32>(
      existing(limited(raw[0], bound), key, end), existing(limited(raw[1], bound), key, end),
      existing(limited(raw[2], bound), key, end), existing(limited(raw[3], bound), key, end));
    let tops = max(top, vec4<f32>(largest_lane(s[0]), largest_lane(s[1]), largest_lane(s[2]), largest_lane(s[3])));
    // Rare after the first keys.
    if (any(tops > top)) {
      let shrink = softmax_exp(top - tops);
      top = tops;
      sum *= shrink;
      v0 = scale_columns(v0, shrink);
      if (BLOCK > 1u) { v1 = scale_columns(v1, shrink); }
      if (BLOCK > 2u) { v2 = scale_columns(v2, shrink); }
      if (BLOCK > 3u) { v3 = scale_columns(v3, shrink); }
      if (BLOCK > 4u) { v4 = scale_columns(v4, shrink); }
      if (BLOCK > 5u) { v5 = scale_columns(v5, shrink); }
    }
    let weights = mat4x4<f32>(
      softmax_exp(s[0] - top.x), softmax_exp(s[1] - top.y), softmax_exp(s[2] - top.z), softmax_exp(s[3] - top.w));
    sum += ones * weights;
    let keys = key + vec4<u32>(0u, 1u, 2u, 3u);
    let exist = keys < vec4<u32>(end);
    let rows = p.v_offset + (n * p.keys + min(keys, vec4<u32>(p.keys - 1u))) * p.v_stride;
    let found = values(rows, c4, exist);
    v0 += found.v0 * weights;
    if (BLOCK > 1u) { v1 += found.v1 * weights; }
    if (BLOCK > 2u) { v2 += found.v2 * weights; }
    if (BLOCK > 3u) { v3 += found.v3 * weights; }
    if (BLOCK > 4u) { v4 += found.v4 * weights; }
    if (BLOCK > 5u) { v5 += found.v5 * weights; }
  }
  let finite = vec4<bool>(is_finite(top.x), is_finite(top.y), is_finite(top.z), is_finite(top.w));
  return Tile(top, sum, is_nan(trace) | !finite, v0, v1, v2, v3, v4, v5);
}
