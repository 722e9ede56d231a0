// Max pooling, four channels of one output pixel per thread.
@group(0) @binding(0) var<storage, read> x: array<vec4<X_T>>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<Y_T>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * ROW + id.x;
  if (i >= Y_N * Y_H * Y_W * Y_C4) { return; }
  let c4 = i % Y_C4;
  let pixel = i / Y_C4;
  let column = pixel % Y_W;
  let row = pixel / Y_W % Y_H;
  let batch = pixel / (Y_W * Y_H);

  var top = vec4<f32>(-infinity());
  var has_nan = vec4<bool>(false);
  for (var ky = 0u; ky < KERNEL_Y; ky++) {
    // Above the image this wraps around to a large number.
    let h = row * STRIDE_Y + ky * DILATION_Y - PADDING_Y;
    if (h >= X_H) { continue; }
    for (var kx = 0u; kx < KERNEL_X; kx++) {
      let w = column * STRIDE_X + kx * DILATION_X - PADDING_X;
      if (w >= X_W) { continue; }
      let value = vec4<f32>(x[X_OFFSET + ((batch * X_H + h) * X_W + w) * X_STRIDE + c4]);
      has_nan = has_nan | is_nan(value);
      top = select(top, value, value > top);
    }
  }
  top = select(top, vec4<f32>(quiet_nan()), has_nan);
  y[Y_OFFSET + pixel * Y_STRIDE + c4] = vec4<Y_T>(keep_lanes(top, c4, Y_C));
}
