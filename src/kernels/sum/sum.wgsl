// y = activate(((a + b) + c) + d), every term upsampled by its factor (nearest); one vec4 of channels per thread.
@group(0) @binding(0) var<storage, read> a: array<vec4<A_T>>;
@group(0) @binding(1) var<storage, read> b: array<vec4<B_T>>;
@group(0) @binding(2) var<storage, read> c: array<vec4<C_T>>;
@group(0) @binding(3) var<storage, read> d: array<vec4<D_T>>;
@group(0) @binding(4) var<storage, read_write> y: array<vec4<Y_T>>;

fn source_pixel(pixel: u32, factor: u32) -> u32 {
  if (factor == 1u) { return pixel; }
  let column = pixel % Y_W;
  let rows = pixel / Y_W;
  // Images follow one another row by row and factor divides Y_H, so rows of all images can be divided at once.
  return (rows / factor) * (Y_W / factor) + column / factor;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * ROW + id.x;
  if (i >= Y_N * Y_H * Y_W * Y_C4) { return; }
  let pixel = i / Y_C4;
  let c4 = i % Y_C4;
  var sum = vec4<f32>(a[A_OFFSET + source_pixel(pixel, FACTOR_A) * A_STRIDE + c4]);
  if (HAS_B) { sum += vec4<f32>(b[B_OFFSET + source_pixel(pixel, FACTOR_B) * B_STRIDE + c4]); }
  if (HAS_C) { sum += vec4<f32>(c[C_OFFSET + source_pixel(pixel, FACTOR_C) * C_STRIDE + c4]); }
  if (HAS_D) { sum += vec4<f32>(d[D_OFFSET + source_pixel(pixel, FACTOR_D) * D_STRIDE + c4]); }
  y[Y_OFFSET + pixel * Y_STRIDE + c4] = vec4<Y_T>(keep_lanes(activate(sum), c4, Y_C));
}
