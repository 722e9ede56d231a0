// Convolution as a matrix product, pixels × (taps · input channels) by (taps · input channels) × output channels, whose
// left matrix is never stored. A workgroup of 8 × 8 threads makes PIXELS × 4 CHANNELS4 outputs; each step brings the
// pixels' and the weights' share of one tap and CHUNK vec4s of input channels to workgroup memory. Builds on gemm_common.wgsl.
@group(0) @binding(1) var<storage, read> weight: array<vec4<WEIGHT_T>>;

const THREADS = 64u;
const PIXELS = 32u * ROWS;
const CHANNELS4 = 8u * COUT4;

var<workgroup> xs: array<vec4<f32>, CHUNK * PIXELS>;            // [input vec4][pixel]
var<workgroup> ws: array<vec4<f32>, CHUNK * CHANNELS4 * 4u>;    // [input vec4][output vec4][input lane]

fn load_pixels(local: u32, n: u32, first_pixel: u32, tap: u32, first_c4: u32) {
  for (var i = local; i < CHUNK * PIXELS; i += THREADS) {
    // Neighbouring threads read neighbouring channels.
    let value = tap_of_pixel(n, first_pixel + i / CHUNK, tap, first_c4 + i % CHUNK);
    xs[i % CHUNK * PIXELS + i / CHUNK] = vec4<f32>(value);
  }
}

// Beyond the input channels lie the next tap's weights, or the last one of all: times pixels of zero.
fn load_weights(local: u32, first: u32) {
  let last = arrayLength(&weight) - 1u;
  for (var i = local; i < CHUNK * CHANNELS4 * 4u; i += THREADS) {
    ws[i] = vec4<f32>(weight[min(first + i, last)]);
  }
}

fn pixels_of(at: u32) -> mat4x4<f32> {
  return mat4x4<f32>(xs[at], xs[at + 1u], xs[at + 2u], xs[at + 3u]);
}

fn weights_of(at: u32) -> mat4x4<f32> {
  return mat4x4<f32>(ws[at], ws[at + 1u], ws[at + 2u], ws[at + 3u]);
}

@compute @workgroup_size(THREADS)
fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let part = part_of(group, PIXELS);
  // A thread's pixels and output vec4s within the workgroup's.
  let own_pixel = local % 8u * 4u;
  let own_c4 = local / 8u * COUT4;

  var a00 = mat4x4<f32>();
  var a01 = mat4x4<f32>();
  var a10 = mat4x4<f32>();
  var a11 = mat4x4<f32>();
  for (var step = part.begin; step < part.end; step++) {
    let tap = step / chunks();
    let first_c4 = step % chunks() * CHUNK;
    load_pixels(local, part.n, part.first_pixel, tap, first_c4);
    load_weights(local, weight_row(part, tap, first_c4) * CHANNELS4 * 4u);
    workgroupBarrier();
    for (var c4 = 0u; c4 < CHUNK; c4++) {
      let x0 = pixels_of(c4 * PIXELS + own_pixel);
      let w0 = weights_of((c4 * CHANNELS4 + own_c4) * 4u);
      a00 += w0 * x0;
      if (ROWS == 2u) {
        let x1 = pixels_of(c4 * PIXELS + 32u + own_pixel);
        a10 += w0 * x1;
        if (COUT4 == 2u) {
          let w1 = weights_of((c4 * CHANNELS4 + own_c4 + 1u) * 4u);
          a01 += w1 * x0;
          a11 += w1 * x1;
        }
      } else if (COUT4 == 2u) {
        a01 += weights_of((c4 * CHANNELS4 + own_c4 + 1u) * 4u) * x0;
      }
    }
    workgroupBarrier();
  }
  // Copied out of the accumulators, which must not be indexed by a variable: they would live in memory all along.
  var results = array<mat4x4<f32>, 4>(a00, a01, a10, a11);
  for (var i = 0u; i < ROWS * COUT4 * 4u; i++) {
    let row = i / (COUT4 * 4u);
    let of_thread = i / 4u % COUT4;
    let pixel = part.first_pixel + 32u * row + own_pixel + i % 4u;
    let c4 = part.block * CHANNELS4 + own_c4 + of_thread;
    if ((pixel < p.y_h * p.y_w) & (c4 < p.y_c4)) {
      finish(results[2u * row + of_thread][i % 4u], part.split, part.n, pixel, c4, part.branch);
    }
  }
}
