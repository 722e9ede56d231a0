// y = a · b, one vec4 of channels per thread; a b of one channel is broadcast.
@group(0) @binding(0) var<storage, read> a: array<vec4<A_T>>;
@group(0) @binding(1) var<storage, read> b: array<vec4<B_T>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<Y_T>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * ROW + id.x;
  if (i >= Y_N * Y_H * Y_W * Y_C4) { return; }
  let pixel = i / Y_C4;
  let c4 = i % Y_C4;
  var factor: vec4<f32>;
  if (B_C == 1u) {
    factor = vec4<f32>(f32(b[B_OFFSET + pixel * B_STRIDE].x));
  } else {
    factor = vec4<f32>(b[B_OFFSET + pixel * B_STRIDE + c4]);
  }
  let product = vec4<f32>(a[A_OFFSET + pixel * A_STRIDE + c4]) * factor;
  y[Y_OFFSET + pixel * Y_STRIDE + c4] = vec4<Y_T>(keep_lanes(product, c4, Y_C));
}
