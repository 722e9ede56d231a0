// y = x, one vec4 of channels per thread; the two may lie in any two layouts.
@group(0) @binding(0) var<storage, read> x: array<vec4<X_T>>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<Y_T>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * ROW + id.x;
  if (i >= Y_N * Y_H * Y_W * Y_C4) { return; }
  let pixel = i / Y_C4;
  let c4 = i % Y_C4;
  var source = pixel;
  if (X_BLOCK > 1u) {
    source = stored_pixel(pixel / (Y_H * Y_W), pixel / Y_W % Y_H, pixel % Y_W, X_H, X_W, X_BLOCK);
  }
  let value = vec4<Y_T>(x[X_OFFSET + source * X_STRIDE + c4]);
  // Not keep_lanes: x may be of any type.
  let lane = vec4<u32>(0u, 1u, 2u, 3u) + 4u * c4;
  y[Y_OFFSET + pixel * Y_STRIDE + c4] = select(vec4<Y_T>(), value, lane < vec4<u32>(Y_C));
}
