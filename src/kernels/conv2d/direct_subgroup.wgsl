// Direct convolution that reads each weight once per subgroup. A thread makes 4 pixels of a row by 16 output channels.
// Builds on weights-by-subgroup.wgsl.
@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(workgroup_id) group: vec3<u32>) {
  prepare_loads();
  let columns_of_tiles = (p.y_w + 3u) / 4u;
  // Threads beyond the image stay: their subgroup needs the weights that they fetch.
  let row = id.x / columns_of_tiles;
  let column = id.x % columns_of_tiles * 4u;
  let n = group.z;
  let branch = n / p.images_per_branch;
  let block = group.y;                             // 16 output channels of one convolution group
  let first_c4 = block / p.blocks_per_group * p.cin4;

  var a0 = mat4x4<f32>();
  var a1 = mat4x4<f32>();
  var a2 = mat4x4<f32>();
  var a3 = mat4x4<f32>();
  var w = (branch * p.blocks + block) * p.kernel_h * p.kernel_w * p.cin4 * 16u;
  // Unsigned wrap-around makes a tap left of or above the image a huge number: one comparison tests both edges.
  let left = (vec4<u32>(0u, 1u, 2u, 3u) + column) * p.stride_w - p.padding_w;
  let top = row * p.stride_h - p.padding_h;
  for (var ky = 0u; ky < p.kernel_h; ky++) {
    for (var kx = 0u; kx < p.kernel_w; kx++) {
      let t = taps(n, top + ky * p.dilation_h, left + kx * p.dilation_w);
      for (var c4 = first_c4; c4 < first_c4 + p.cin4; c4++) {
        let x = load_pixels(t, c4);
        let found = load_block(w);
        a0 += found.w0 * x;
        a1 += found.w1 * x;
        a2 += found.w2 * x;
        a3 += found.w3 * x;
        w += 16u;
      }
    }
  }
  // Copied out of the accumulators, which must not be indexed by a variable: they would live in memory all along.
  var results = array<mat4x4<f32>, 4>(a0, a1, a2, a3);
  let first_cout4 = block % p.blocks_per_group * 4u;
  for (var i = 0u; i < 16u; i++) {
    let c = column + i % 4u;
    let o = first_cout4 + i / 4u;
    if ((row < p.y_h) & (c < p.y_w) & (o < p.cout4)) {
      store(results[i / 4u][i % 4u], n, row, c, block / p.blocks_per_group * p.cout4 + o, branch);
    }
  }
}
