// Scores of attention. Expects the operands q and k, tokens whose channels are the heads one after the other; the
// parameters that headParameters gives; and the constant MASKED: whether vec4s of tokens may hold other heads' channels.
// Builds on head-lanes.wgsl.

fn q_block(at: u32, c4: u32, head: u32) -> vec4<f32> {
  let value = vec4<f32>(q[at + c4]);
  if (!MASKED) { return value; }
  return select(vec4<f32>(0.0), value, lanes_of_head(c4, head, p.size));
}

// As q_block: 0 · NaN is NaN, so the other heads' lanes must go on both sides.
fn k_block(at: u32, c4: u32, head: u32) -> vec4<f32> {
  let value = vec4<f32>(k[at + c4]);
  if (!MASKED) { return value; }
  return select(vec4<f32>(0.0), value, lanes_of_head(c4, head, p.size));
}

// Where 4 neighbouring tokens begin; beyond the last one it is the last one again.
fn q_rows(n: u32, token: u32) -> vec4<u32> {
  let tokens = min(token + vec4<u32>(0u, 1u, 2u, 3u), vec4<u32>(p.queries - 1u));
  return p.q_offset + (n * p.image_queries + tokens) * p.q_stride;
}

fn k_rows(n: u32, token: u32) -> vec4<u32> {
  let tokens = min(token + vec4<u32>(0u, 1u, 2u, 3u), vec4<u32>(p.keys - 1u));
  return p.k_offset + (n * p.keys + tokens) * p.k_stride;
}

// The vec4s of a token in which a head's channels are: from the first to before the second.
fn head_range(head: u32) -> vec2<u32> {
  return vec2<u32>(head * p.size / 4u, ((head + 1u) * p.size + 3u) / 4u);
}

// Column j: the scores of query j for the 4 keys. `range` is head_range(head), known at run time only: unrolled, this loop
// takes lavapipe two to three times as long to compile, and is hardly faster.
fn scores(queries: vec4<u32>, keys: vec4<u32>, head: u32, range: vec2<u32>) -> mat4x4<f32> {
  var sums = mat4x4<f32>();
  for (var c4 = range.x; c4 < range.y; c4++) {
    let key_channels = transpose(mat4x4<f32>(
      k_block(keys.x, c4, head), k_block(keys.y, c4, head), k_block(keys.z, c4, head), k_block(keys.w, c4, head)));
    sums += key_channels * mat4x4<f32>(
      q_block(queries.x, c4, head), q_block(queries.y, c4, head),
      q_block(queries.z, c4, head), q_block(queries.w, c4, head));
  }
  return bitcast<f32>(p.scale) * sums;
}

fn largest_lane(v: vec4<f32>) -> f32 {
  return max(max(v.x, v.y), max(v.z, v.w));
}
