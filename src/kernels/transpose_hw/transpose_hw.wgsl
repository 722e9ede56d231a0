// y[n, c, i, j] = x[n, c, j, i], one vec4 of channels per thread.
@group(0) @binding(0) var<storage, read> x: array<vec4<X_T>>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<Y_T>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * ROW + id.x;
  if (i >= Y_N * Y_H * Y_W * Y_C4) { return; }
  let pixel = i / Y_C4;
  let c4 = i % Y_C4;
  let column = pixel % Y_W;
  let row = pixel / Y_W % Y_H;
  let source = (pixel / (Y_H * Y_W) * X_H + column) * X_W + row;
  let value = vec4<f32>(x[X_OFFSET + source * X_STRIDE + c4]);
  y[Y_OFFSET + pixel * Y_STRIDE + c4] = vec4<Y_T>(keep_lanes(value, c4, Y_C));
}
