// What follows a convolution's sum: y = activate(sum + bias + r0 + r1 + r2), residual r read at (row / factor,
// column / factor). Expects the operands bias, r0, r1, r2 and y, and the parameters of epilogueParameters.

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
