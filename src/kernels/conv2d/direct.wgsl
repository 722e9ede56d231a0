// Direct convolution. A thread makes ROWS × 4 output pixels of COUT4 × 4 channels: as matrices, a column per
// pixel, so that `weights * pixels` is 64 multiply-adds.
fn load_weights(at: u32) -> mat4x4<f32> {
  return mat4x4<f32>(vec4<f32>(weight[at]), vec4<f32>(weight[at + 1u]), vec4<f32>(weight[at + 2u]), vec4<f32>(weight[at + 3u]));
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(workgroup_id) group: vec3<u32>) {
  let columns_of_tiles = (p.y_w + 3u) / 4u;
  let row = id.x / columns_of_tiles * ROWS;
  if (row >= p.y_h) { return; }
  let column = id.x % columns_of_tiles * 4u;
  // The image and the block of channels are the workgroup's, so that all its threads read the same weights.
  let n = group.z;
  let branch = n / p.images_per_branch;
  let block = group.y;                             // COUT4 × 4 output channels of one convolution group
  let first_c4 = block / p.blocks_per_group * p.cin4;

  var a00 = mat4x4<f32>();
  var a01 = mat4x4<f32>();
  var a10 = mat4x4<f32>();
  var a11 = mat4x4<f32>();
  var w = (branch * p.blocks + block) * p.kernel_h * p.kernel_w * p.cin4 * 4u * COUT4;
  // Unsigned wrap-around makes a tap left of or above the image a huge number: one comparison tests both edges.
  let left = (vec4<u32>(0u, 1u, 2u, 3u) + column) * p.stride_w - p.padding_w;
  let top = row * p.stride_h - p.padding_h;
  for (var ky = 0u; ky < p.kernel_h; ky++) {
    for (var kx = 0u; kx < p.kernel_w; kx++) {
      let columns = left + kx * p.dilation_w;
      let t0 = taps(n, top + ky * p.dilation_h, columns);
      let t1 = taps(n, top + ky * p.dilation_h + p.stride_h, columns);
      for (var c4 = first_c4; c4 < first_c4 + p.cin4; c4++) {
        let x0 = load_pixels(t0, c4);
        let w0 = load_weights(w);
        a00 += w0 * x0;
        if (ROWS == 2u) {
          let x1 = load_pixels(t1, c4);
          a10 += w0 * x1;
          if (COUT4 == 2u) {
            let w1 = load_weights(w + 4u);
            a01 += w1 * x0;
            a11 += w1 * x1;
          }
        } else if (COUT4 == 2u) {
          a01 += load_weights(w + 4u) * x0;
        }
        w += 4u * COUT4;
      }
    }
  }
  // Copied out of the accumulators, which must not be indexed by a variable: they would live in memory all along.
  var results = array<mat4x4<f32>, 4>(a00, a01, a10, a11);
  let first_cout4 = block % p.blocks_per_group * COUT4;
  for (var i = 0u; i < ROWS * COUT4 * 4u; i++) {
    let r = row + i / (COUT4 * 4u);
    let c = column + i % 4u;
    let o = first_cout4 + i / 4u % COUT4;
    // The last block of a group may have one vec4 of channels only.
    if ((r < p.y_h) & (c < p.y_w) & (o < p.cout4)) {
      let tile = i / (COUT4 * 4u) * 2u + i / 4u % COUT4;
      store(results[tile][i % 4u], n, r, c, block / p.blocks_per_group * p.cout4 + o, branch);
    }
  }
}
