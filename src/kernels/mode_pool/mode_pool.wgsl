// Segtran's mode pooling, one token per thread: a score per mode, softmax over the modes, the modes' weighted sum.
@group(0) @binding(0) var<storage, read> x: array<vec4<X_T>>;
@group(0) @binding(1) var<storage, read> weight: array<vec4<WEIGHT_T>>;
@group(0) @binding(2) var<storage, read> bias: array<BIAS_T>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4<Y_T>>;

// Channels 4 c4 and up of a mode, for a token whose row begins at `x_row`; zero beyond the mode's last channel.
fn mode_channels(x_row: u32, mode: u32, c4: u32) -> vec4<f32> {
  let channel = mode * Y_C + 4u * c4;
  let at = x_row + channel / 4u;
  if (Y_C % 4u == 0u) { return vec4<f32>(x[at]); }
  return keep_lanes(shift_lanes(vec4<f32>(x[at]), vec4<f32>(x[at + 1u]), channel % 4u), c4, Y_C);
}

@compute @workgroup_size(64)
fn main(
  @builtin(global_invocation_id) id: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let token = id.y * ROW + id.x;
  if (token >= X_N * X_H * X_W) { return; }
  let x_row = X_OFFSET + token * X_STRIDE;
  let y_row = Y_OFFSET + token * Y_STRIDE;
  // groups.z is 1, which compilers do not know: unrolled over all channels and modes, this takes lavapipe 5 s to compile.
  let blocks = Y_C4 * groups.z;

  var scores: array<f32, MODES>;
  var top = -infinity();
  for (var mode = 0u; mode < MODES; mode++) {
    var sums = vec4<f32>(0.0);
    for (var c4 = 0u; c4 < blocks; c4++) {
      sums += mode_channels(x_row, mode, c4) * vec4<f32>(weight[c4]);
    }
    let score = (sums.x + sums.y) + (sums.z + sums.w) + f32(bias[0]);
    scores[mode] = score;
    top = max(top, softmax_rank(vec4<f32>(score)).x);
  }

  var sum = 0.0;
  for (var mode = 0u; mode < MODES; mode++) {
    let share = softmax_exp(vec4<f32>(scores[mode] - top)).x;
    scores[mode] = share;
    sum += share;
  }
  for (var mode = 0u; mode < MODES; mode++) {
    scores[mode] = select(quiet_nan(), scores[mode] / sum, is_finite(top));
  }

  for (var c4 = 0u; c4 < blocks; c4++) {
    var value = vec4<f32>(0.0);
    for (var mode = 0u; mode < MODES; mode++) {
      value += scores[mode] * mode_channels(x_row, mode, c4);
    }
    y[y_row + c4] = vec4<Y_T>(keep_lanes(value, c4, Y_C));
  }
}
