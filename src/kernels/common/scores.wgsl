// Scores of attention. Expects HEADS, SCALE and the operands q and k: tokens whose channels are the heads one after the
// other. Builds on head-lanes.wgsl.

// Channels of a head of q and k.
const D = Q_C / HEADS;

fn q_block(at: u32, c4: u32, head: u32) -> vec4<f32> {
  let value = vec4<f32>(q[at + c4]);
  if (HEADS == 1u || D % 4u == 0u) { return value; }
  return select(vec4<f32>(0.0), value, lanes_of_head(c4, head, D));
}

// As q_block: 0 · NaN is NaN, so the other head's lanes must go on both sides.
fn k_block(at: u32, c4: u32, head: u32) -> vec4<f32> {
  let value = vec4<f32>(k[at + c4]);
  if (HEADS == 1u || D % 4u == 0u) { return value; }
  return select(vec4<f32>(0.0), value, lanes_of_head(c4, head, D));
}

// Where 4 neighbouring tokens begin; beyond the last one it is the last one again.
fn q_rows(n: u32, token: u32) -> vec4<u32> {
  return Q_OFFSET + (n * Q_W + min(token + vec4<u32>(0u, 1u, 2u, 3u), vec4<u32>(Q_W - 1u))) * Q_STRIDE;
}

fn k_rows(n: u32, token: u32) -> vec4<u32> {
  return K_OFFSET + (n * K_W + min(token + vec4<u32>(0u, 1u, 2u, 3u), vec4<u32>(K_W - 1u))) * K_STRIDE;
}

// Column j: the scores of query j for the 4 keys.
fn scores(queries: vec4<u32>, keys: vec4<u32>, head: u32) -> mat4x4<f32> {
  let first = head * D / 4u;
  // The end is hidden from the compiler: unrolled, this loop takes lavapipe two to three times as long to compile, and is
  // hardly faster.
  let end = select(first, ((head + 1u) * D + 3u) / 4u, arrayLength(&q) > 0u);
  var sums = mat4x4<f32>();
  for (var c4 = first; c4 < end; c4++) {
    let key_channels = transpose(mat4x4<f32>(
      k_block(keys.x, c4, head), k_block(keys.y, c4, head), k_block(keys.z, c4, head), k_block(keys.w, c4, head)));
    sums += key_channels * mat4x4<f32>(
      q_block(queries.x, c4, head), q_block(queries.y, c4, head),
      q_block(queries.z, c4, head), q_block(queries.w, c4, head));
  }
  return SCALE * sums;
}

fn largest_lane(v: vec4<f32>) -> f32 {
  return max(max(v.x, v.y), max(v.z, v.w));
}
