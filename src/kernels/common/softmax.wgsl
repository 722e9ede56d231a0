// Pieces of a stable softmax. Builds on float-bits.wgsl.

// Scores for finding the largest one: a NaN counts as +infinity, because either makes every result NaN.
fn softmax_rank(v: vec4<f32>) -> vec4<f32> {
  return select(v, vec4<f32>(infinity()), is_nan(v));
}

// exp(v) for v <= 0. Results below the smallest normal f32 are zero: adapters disagree on those.
fn softmax_exp(v: vec4<f32>) -> vec4<f32> {
  return select(exp(v), vec4<f32>(0.0), v < vec4<f32>(-87.3));
}
