// What the matrix products over a convolution's pixels share: which part of the product is a workgroup's, and where the left
// matrix lies.
@group(0) @binding(0) var<storage, read> x: array<vec4<X_T>>;

// Vec4s of input channels in a step.
const CHUNK = 4u;

struct Part { first_pixel: u32, block: u32, n: u32, split: u32, branch: u32, begin: u32, end: u32 }

fn chunks() -> u32 { return (p.cin4 + CHUNK - 1u) / CHUNK; }

// A workgroup's pixels, block of output channels, image, and steps of the sum.
fn part_of(group: vec3<u32>, pixels: u32) -> Part {
  let n = group.z / p.splits;
  let split = group.z % p.splits;
  let begin = split * p.steps_per_split;
  let end = min(begin + p.steps_per_split, p.kernel_h * p.kernel_w * chunks());
  return Part(group.x * pixels, group.y, n, split, n / p.images_per_branch, begin, end);
}

// The weights of a step's first input channels: [branch][block][tap][input vec4] of packed weights.
fn weight_row(part: Part, tap: u32, first_c4: u32) -> u32 {
  return ((part.branch * p.blocks + part.block) * p.kernel_h * p.kernel_w + tap) * p.cin4 + first_c4;
}

// A vec4 of input channels at one tap of an output pixel; zeros outside of the image, beyond the last pixel or channel.
fn tap_of_pixel(n: u32, pixel: u32, tap: u32, c4: u32) -> vec4<X_T> {
  // Unsigned wrap-around makes a tap left of or above the image a huge number: one comparison tests both edges.
  let row = pixel / p.y_w * p.stride_h + tap / p.kernel_w * p.dilation_h - p.padding_h;
  let column = pixel % p.y_w * p.stride_w + tap % p.kernel_w * p.dilation_w - p.padding_w;
  let inside = (row < p.x_h) & (column < p.x_w) & (pixel < p.y_h * p.y_w) & (c4 < p.cin4);
  let at = select(0u, ((n * p.x_h + row) * p.x_w + column) * p.x_stride + c4, inside);
  return select(vec4<X_T>(), x[p.x_offset + at], vec4<bool>(inside));
}
