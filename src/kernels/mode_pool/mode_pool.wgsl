// Segtran's mode pooling, one token per thread: a score per mode, softmax over the modes, the modes' weighted sum. Modes
// are normalised first if there is a norm_weight; what comes out is added to the residual, transposed, if there is one.
@group(0) @binding(0) var<storage, read> x: array<vec4<X_T>>;
@group(0) @binding(1) var<storage, read> weight: array<vec4<WEIGHT_T>>;
@group(0) @binding(2) var<storage, read> bias: array<BIAS_T>;
@group(0) @binding(3) var<storage, read> norm_weight: array<vec4<NORM_WEIGHT_T>>;
@group(0) @binding(4) var<storage, read> norm_bias: array<vec4<NORM_BIAS_T>>;
@group(0) @binding(5) var<storage, read> residual: array<vec4<RESIDUAL_T>>;
@group(0) @binding(6) var<storage, read_write> y: array<vec4<Y_T>>;

// Of a mode's features: their mean in two parts, as layer_norm has it, and one over their deviation.
struct Norm { mean: f32, correction: f32, scale: f32 }

// Channels 4 c4 and up of a mode, for a token whose row begins at `x_row`; zero beyond the mode's last channel.
fn mode_channels(x_row: u32, mode: u32, c4: u32) -> vec4<f32> {
  let channel = mode * Y_C + 4u * c4;
  let at = x_row + channel / 4u;
  if (Y_C % 4u == 0u) { return vec4<f32>(x[at]); }
  return keep_lanes(shift_lanes(vec4<f32>(x[at]), vec4<f32>(x[at + 1u]), channel % 4u), c4, Y_C);
}

fn total(v: vec4<f32>) -> f32 {
  return (v.x + v.y) + (v.z + v.w);
}

fn norm_of(x_row: u32, mode: u32, blocks: u32) -> Norm {
  var sums = vec4<f32>(0.0);
  for (var c4 = 0u; c4 < blocks; c4++) {
    sums += mode_channels(x_row, mode, c4);
  }
  let mean = total(sums) / f32(Y_C);
  // The sum of the deviations, zero but for the mean's rounding, corrects the mean and the variance (see layer_norm.wgsl).
  var deviations = vec4<f32>(0.0);
  var squares = vec4<f32>(0.0);
  for (var c4 = 0u; c4 < blocks; c4++) {
    let d = keep_lanes(mode_channels(x_row, mode, c4) - mean, c4, Y_C);
    deviations += d;
    squares += d * d;
  }
  let correction = total(deviations) / f32(Y_C);
  let variance = total(squares) / f32(Y_C) - correction * correction;
  // max() would hide a NaN; the features less the mean keep it.
  return Norm(mean, correction, inverseSqrt(max(variance, 0.0) + EPS));
}

fn normalized(features: vec4<f32>, c4: u32, norm: Norm) -> vec4<f32> {
  if (!HAS_NORM_WEIGHT) { return features; }
  let deviation = (features - norm.mean) - norm.correction;
  let value = deviation * norm.scale * vec4<f32>(norm_weight[c4]) + vec4<f32>(norm_bias[c4]);
  return keep_lanes(value, c4, Y_C);
}

// The pixel of y that a token goes to.
fn pixel_of(token: u32) -> u32 {
  if (!HAS_RESIDUAL) { return token; }
  let image = token / (Y_H * Y_W);
  let row = token / Y_H % Y_W;
  let column = token % Y_H;
  return (image * Y_H + column) * Y_W + row;
}

@compute @workgroup_size(64)
fn main(
  @builtin(global_invocation_id) id: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let token = id.y * ROW + id.x;
  if (token >= X_N * X_H * X_W) { return; }
  let x_row = X_OFFSET + token * X_STRIDE;
  let pixel = pixel_of(token);
  let y_row = Y_OFFSET + pixel * Y_STRIDE;
  // groups.z is 1, which compilers do not know: unrolled over all channels and modes, this takes lavapipe 5 s to compile.
  let blocks = Y_C4 * groups.z;

  var scores: array<f32, MODES>;
  var norms: array<Norm, MODES>;
  var top = -infinity();
  for (var mode = 0u; mode < MODES; mode++) {
    if (HAS_NORM_WEIGHT) { norms[mode] = norm_of(x_row, mode, blocks); }
    var sums = vec4<f32>(0.0);
    for (var c4 = 0u; c4 < blocks; c4++) {
      sums += normalized(mode_channels(x_row, mode, c4), c4, norms[mode]) * vec4<f32>(weight[c4]);
    }
    let score = total(sums) + f32(bias[0]);
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
      value += scores[mode] * normalized(mode_channels(x_row, mode, c4), c4, norms[mode]);
    }
    if (HAS_RESIDUAL) { value += vec4<f32>(residual[RESIDUAL_OFFSET + pixel * RESIDUAL_STRIDE + c4]); }
    y[y_row + c4] = vec4<Y_T>(keep_lanes(value, c4, Y_C));
  }
}
