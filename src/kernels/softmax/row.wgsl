// What the two ways of sharing out a softmax have in common. Builds on lanes.wgsl, float-bits.wgsl and softmax.wgsl.

// The scores of a channel block that count for the largest one.
fn scores(v: vec4<f32>, c4: u32) -> vec4<f32> {
  let lane = vec4<u32>(0u, 1u, 2u, 3u) + 4u * c4;
  return select(vec4<f32>(-infinity()), softmax_rank(v), lane < vec4<u32>(X_C));
}

// A row with a NaN or +infinity, or of nothing but -infinity, is NaN throughout.
fn result(v: vec4<f32>, top: f32, sum: f32, c4: u32) -> vec4<f32> {
  let value = select(vec4<f32>(quiet_nan()), softmax_exp(v - top) / sum, is_finite(top));
  return keep_lanes(value, c4, X_C);
}
