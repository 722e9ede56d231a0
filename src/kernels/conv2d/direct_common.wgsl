// What all direct convolutions share: operands, reading of pixels and weights. Builds on epilogue.wgsl.
// Taps outside the image are read at a valid place and replaced by zero, without a branch: compilers of software
// adapters suffer badly from branches around loads.
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
