// Direct convolution. A thread makes ROWS × 4 output pixels of COUT4 × 4 channels: as matrices, a column per
// pixel, so that `weights * pixels` is 64 multiply-adds. Taps outside the image are read at a valid place and
// replaced by zero, without a branch: compilers of software adapters suffer badly from branches around loads.
// y = activate(conv(x) + bias + r0 + r1 + r2), residual r read at (row / factor, column / factor).
@group(0) @binding(0) var<storage, read> x: array<vec4<X_T>>;
@group(0) @binding(1) var<storage, read> weight: array<vec4<WEIGHT_T>>;
@group(0) @binding(2) var<storage, read> bias: array<vec4<BIAS_T>>;
@group(0) @binding(3) var<storage, read> r0: array<vec4<R0_T>>;
@group(0) @binding(4) var<storage, read> r1: array<vec4<R1_T>>;
@group(0) @binding(5) var<storage, read> r2: array<vec4<R2_T>>;
@group(0) @binding(6) var<storage, read_write> y: array<vec4<Y_T>>;

// Where the pixels of the tile's four columns begin in x, and which of them lie inside the image.
struct Taps { at: vec4<u32>, inside: vec4<bool> }

fn taps(n: u32, row: u32, columns: vec4<u32>) -> Taps {
  let inside = (vec4<u32>(row) < vec4<u32>(p.x_h)) & (columns < vec4<u32>(p.x_w));
  var pixels = (n * p.x_h + row) * p.x_w + columns;
  if (BLOCKED) {
    let low = (n * (p.x_h / p.x_block) + row / p.x_block) * (p.x_w / p.x_block) + columns / p.x_block;
    pixels = (low * p.x_block + row % p.x_block) * p.x_block + columns % p.x_block;
  }
  return Taps(select(vec4<u32>(p.x_offset), p.x_offset + pixels * p.x_stride, inside), inside);
}

fn load_pixels(t: Taps, c4: u32) -> mat4x4<f32> {
  let zero = vec4<f32>(0.0);
  return mat4x4<f32>(
    select(zero, vec4<f32>(x[t.at.x + c4]), t.inside.x),
    select(zero, vec4<f32>(x[t.at.y + c4]), t.inside.y),
    select(zero, vec4<f32>(x[t.at.z + c4]), t.inside.z),
    select(zero, vec4<f32>(x[t.at.w + c4]), t.inside.w));
}

fn load_weights(at: u32) -> mat4x4<f32> {
  return mat4x4<f32>(vec4<f32>(weight[at]), vec4<f32>(weight[at + 1u]), vec4<f32>(weight[at + 2u]), vec4<f32>(weight[at + 3u]));
}

// The pixel of a residual that belongs to an output pixel.
fn residual_pixel(n: u32, row: u32, column: u32, factor: u32) -> u32 {
  return (n * (p.y_h / factor) + row / factor) * (p.y_w / factor) + column / factor;
}

fn store(value: vec4<f32>, n: u32, row: u32, column: u32, cout4: u32, branch: u32) {
  var v = value;
  if (HAS_BIAS) { v += vec4<f32>(bias[branch * p.y_c4 + cout4]); }
  // Whether there are residuals and a ReLU is known at run time only: fewer pipelines to compile, and asked just once
  // per result.
  if (p.r0_factor > 0u) {
    v += vec4<f32>(r0[p.r0_offset + residual_pixel(n, row, column, p.r0_factor) * p.r0_stride + cout4]);
  }
  if (p.r1_factor > 0u) {
    v += vec4<f32>(r1[p.r1_offset + residual_pixel(n, row, column, p.r1_factor) * p.r1_stride + cout4]);
  }
  if (p.r2_factor > 0u) {
    v += vec4<f32>(r2[p.r2_offset + residual_pixel(n, row, column, p.r2_factor) * p.r2_stride + cout4]);
  }
  if (p.relu > 0u) { v = select(v, vec4<f32>(0.0), v < vec4<f32>(0.0)); }
  y[p.y_offset + ((n * p.y_h + row) * p.y_w + column) * p.y_stride + cout4] =
    vec4<Y_T>(keep_lanes(activate(v), cout4, p.y_c));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(workgroup_id) group: vec3<u32>) {
  let columns_of_tiles = (p.y_w + 3u) / 4u;
  let row = id.x / columns_of_tiles * ROWS;
  if (row >= p.y_h) { return; }
  let column = id.x % columns_of_tiles * 4u;
  // The image and the block of channels are the workgroup's, so that all its threads read the same weights.
  let n = group.z;
  let branch = n / p.images_per_branch;
  let block = group.y;                             // COUT4 × 4 output channels of one convolution group
  let first_c4 = block / p.blocks_per_group * p.cin4;

  var a00 = mat4x4<f32>();
  var a01 = mat4x4<f32>();
  var a10 = mat4x4<f32>();
  var a11 = mat4x4<f32>();
  var w = (branch * p.blocks + block) * p.kernel_h * p.kernel_w * p.cin4 * 4u * COUT4;
  // Unsigned wrap-around makes a tap left of or above the image a huge number: one comparison tests both edges.
  let left = (vec4<u32>(0u, 1u, 2u, 3u) + column) * p.stride_w - p.padding_w;
  let top = row * p.stride_h - p.padding_h;
  for (var ky = 0u; ky < p.kernel_h; ky++) {
    for (var kx = 0u; kx < p.kernel_w; kx++) {
      let columns = left + kx * p.dilation_w;
      let t0 = taps(n, top + ky * p.dilation_h, columns);
      let t1 = taps(n, top + ky * p.dilation_h + p.stride_h, columns);
      for (var c4 = first_c4; c4 < first_c4 + p.cin4; c4++) {
        let x0 = load_pixels(t0, c4);
        let w0 = load_weights(w);
        a00 += w0 * x0;
        if (ROWS == 2u) {
          let x1 = load_pixels(t1, c4);
          a10 += w0 * x1;
          if (COUT4 == 2u) {
            let w1 = load_weights(w + 4u);
            a01 += w1 * x0;
            a11 += w1 * x1;
          }
        } else if (COUT4 == 2u) {
          a01 += load_weights(w + 4u) * x0;
        }
        w += 4u * COUT4;
      }
    }
  }
  // Copied out of the accumulators, which must not be indexed by a variable: they would live in memory all along.
  var results = array<mat4x4<f32>, 4>(a00, a01, a10, a11);
  let first_cout4 = block % p.blocks_per_group * COUT4;
  for (var i = 0u; i < ROWS * COUT4 * 4u; i++) {
    let r = row + i / (COUT4 * 4u);
    let c = column + i % 4u;
    let o = first_cout4 + i / 4u % COUT4;
    // The last block of a group may have one vec4 of channels only.
    if ((r < p.y_h) & (c < p.y_w) & (o < p.cout4)) {
      let tile = i / (COUT4 * 4u) * 2u + i / 4u % COUT4;
      store(results[tile][i % 4u], n, r, c, block / p.blocks_per_group * p.cout4 + o, branch);
    }
  }
}
