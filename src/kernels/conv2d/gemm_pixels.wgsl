// Where a matrix product over a convolution's pixels finds its left matrix.
@group(0) @binding(0) var<storage, read> x: array<vec4<X_T>>;

// A vec4 of input channels at one tap of an output pixel; zeros outside of the image, beyond the last pixel or channel.
fn tap_of_pixel(n: u32, pixel: u32, tap: u32, c4: u32) -> vec4<X_T> {
  // Unsigned wrap-around makes a tap left of or above the image a huge number: one comparison tests both edges.
  let row = pixel / p.y_w * p.stride_h + tap / p.kernel_w * p.dilation_h - p.padding_h;
  let column = pixel % p.y_w * p.stride_w + tap % p.kernel_w * p.dilation_w - p.padding_w;
  let inside = (row < p.x_h) & (column < p.x_w) & (pixel < p.y_h * p.y_w) & (c4 < p.cin4);
  let at = select(0u, ((n * p.x_h + row) * p.x_w + column) * p.x_stride + c4, inside);
  return select(vec4<X_T>(), x[p.x_offset + at], vec4<bool>(inside));
}
