// Depthwise convolution: output channel c sees input channel c only. One vec4 of channels of one pixel per thread.
@group(0) @binding(0) var<storage, read> x: array<vec4<X_T>>;
@group(0) @binding(1) var<storage, read> weight: array<vec4<WEIGHT_T>>;
@group(0) @binding(2) var<storage, read> bias: array<vec4<BIAS_T>>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4<Y_T>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * ROW + id.x;
  if (i >= Y_N * Y_H * Y_W * Y_C4) { return; }
  let c4 = i % Y_C4;
  let column = i / Y_C4 % Y_W;
  let row = i / (Y_C4 * Y_W) % Y_H;
  let n = i / (Y_C4 * Y_W * Y_H);
  var sum = vec4<f32>(0.0);
  for (var ky = 0u; ky < KERNEL_H; ky++) {
    for (var kx = 0u; kx < KERNEL_W; kx++) {
      // Unsigned wrap-around: a tap left of or above the image fails the same comparison as one beyond it.
      let r = row * STRIDE_H + ky * DILATION_H - PADDING_H;
      let c = column * STRIDE_W + kx * DILATION_W - PADDING_W;
      let inside = (r < X_H) & (c < X_W);
      let at = select(X_OFFSET, X_OFFSET + ((n * X_H + r) * X_W + c) * X_STRIDE, inside) + c4;
      let value = select(vec4<f32>(0.0), vec4<f32>(x[at]), inside);
      sum = fma(value, vec4<f32>(weight[(ky * KERNEL_W + kx) * Y_C4 + c4]), sum);
    }
  }
  if (HAS_BIAS) { sum += vec4<f32>(bias[c4]); }
  y[Y_OFFSET + ((n * Y_H + row) * Y_W + column) * Y_STRIDE + c4] =
    vec4<Y_T>(keep_lanes(activate(sum), c4, Y_C));
}
