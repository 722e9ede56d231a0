// y = FACTOR x, one vec4 of channels per thread.
@group(0) @binding(0) var<storage, read> x: array<vec4<X_T>>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<Y_T>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= Y_N * Y_H * Y_W * Y_C4) { return; }
  let pixel = id.x / Y_C4;
  let c4 = id.x % Y_C4;
  y[Y_OFFSET + pixel * Y_STRIDE + c4] = FACTOR * x[X_OFFSET + pixel * X_STRIDE + c4];
}
