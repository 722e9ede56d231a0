// y = (x - mean) / sqrt(variance + EPS) * weight + bias within each of GROUPS chunks of channels. A thread does one chunk,
// or all chunks of a pixel where they do not begin on vec4s, so that no two threads write the same vec4.
@group(0) @binding(0) var<storage, read> x: array<vec4<X_T>>;
@group(0) @binding(1) var<storage, read> weight: array<vec4<WEIGHT_T>>;
@group(0) @binding(2) var<storage, read> bias: array<vec4<BIAS_T>>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4<Y_T>>;

const SIZE = X_C / GROUPS;
const ALIGNED = SIZE % 4u == 0u;
const GROUPS_PER_THREAD = select(GROUPS, 1u, ALIGNED);
const THREADS_PER_PIXEL = GROUPS / GROUPS_PER_THREAD;

fn lanes_of(c4: u32) -> vec4<u32> {
  return vec4<u32>(0u, 1u, 2u, 3u) + 4u * c4;
}

// Zeroes the lanes of channel block c4 that are not of the chunk that begins at channel `start`.
fn within(v: vec4<f32>, c4: u32, start: u32) -> vec4<f32> {
  if (ALIGNED) { return v; }
  // A lane below start wraps around to a large number.
  return select(vec4<f32>(0.0), v, lanes_of(c4) - start < vec4<u32>(SIZE));
}

fn total(v: vec4<f32>) -> f32 {
  return (v.x + v.y) + (v.z + v.w);
}

// The weight, or for `of_bias` the bias, of the lanes of channel block c4 in the chunk that begins at channel `start`.
fn parameter(of_bias: bool, c4: u32, start: u32) -> vec4<f32> {
  if (ALIGNED) {
    let at = c4 - start / 4u;
    if (of_bias) { return vec4<f32>(bias[at]); }
    return vec4<f32>(weight[at]);
  }
  // How many lanes of the block precede the chunk.
  let skipped = max(4u * c4, start) - 4u * c4;
  let channel = 4u * c4 + skipped - start;
  let at = channel / 4u;
  if (of_bias) { return align(vec4<f32>(bias[at]), vec4<f32>(bias[at + 1u]), channel % 4u, skipped); }
  return align(vec4<f32>(weight[at]), vec4<f32>(weight[at + 1u]), channel % 4u, skipped);
}

// The scalars from lane `by` of low and high on, beginning in lane `skipped`; one of the two is zero.
fn align(low: vec4<f32>, high: vec4<f32>, by: u32, skipped: u32) -> vec4<f32> {
  if (skipped > 0u) { return shift_lanes(vec4<f32>(0.0), low, 4u - skipped); }
  return shift_lanes(low, high, by);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * ROW + id.x;
  if (i >= X_N * X_H * X_W * THREADS_PER_PIXEL) { return; }
  let pixel = i / THREADS_PER_PIXEL;
  let x_row = X_OFFSET + pixel * X_STRIDE;
  let y_row = Y_OFFSET + pixel * Y_STRIDE;
  let first_group = i % THREADS_PER_PIXEL * GROUPS_PER_THREAD;

  for (var group = first_group; group < first_group + GROUPS_PER_THREAD; group++) {
    let start = group * SIZE;
    let first = start / 4u;
    let end = (start + SIZE + 3u) / 4u;

    var sums = vec4<f32>(0.0);
    for (var c4 = first; c4 < end; c4++) {
      sums += within(vec4<f32>(x[x_row + c4]), c4, start);
    }
    let mean = total(sums) / f32(SIZE);

    // The sum of the deviations, zero but for the mean's rounding, corrects the mean and the variance: with EPS as small as
    // 1e-12, a chunk of equal values would otherwise be scaled up to visible noise.
    var deviations = vec4<f32>(0.0);
    var squares = vec4<f32>(0.0);
    for (var c4 = first; c4 < end; c4++) {
      let d = within(vec4<f32>(x[x_row + c4]) - mean, c4, start);
      deviations += d;
      squares += d * d;
    }
    let correction = total(deviations) / f32(SIZE);
    let variance = total(squares) / f32(SIZE) - correction * correction;
    // max() would hide a NaN; the deviations below keep it.
    let scale = inverseSqrt(max(variance, 0.0) + EPS);

    for (var c4 = first; c4 < end; c4++) {
      let deviation = (vec4<f32>(x[x_row + c4]) - mean) - correction;
      let scaled = deviation * scale * parameter(false, c4, start) + parameter(true, c4, start);
      var value = within(scaled, c4, start);
      if (!ALIGNED && c4 == first) {
        // The chunk before this one ended in the same vec4.
        value = select(value, vec4<f32>(y[y_row + c4]), lanes_of(c4) < vec4<u32>(start));
      }
      y[y_row + c4] = vec4<Y_T>(value);
    }
  }
}
