// What all direct convolutions share: operands, reading of pixels and weights, and what follows the sum.
// Taps outside the image are read at a valid place and replaced by zero, without a branch: compilers of software
// adapters suffer badly from branches around loads.
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
