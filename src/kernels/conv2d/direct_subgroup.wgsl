// Direct convolution that reads each weight once per subgroup: every thread of it fetches some, and gets the others
// from its neighbours' registers. A thread makes 4 pixels of a row by 16 output channels; SUBGROUP is 4, 8 or 16.
// The four vec4s of the subgroup's weights that begin in the thread numbered `first`.
fn shared_weights(mine: vec4<f32>, first: u32) -> mat4x4<f32> {
  return mat4x4<f32>(
    subgroupShuffle(mine, first),
    subgroupShuffle(mine, first + 1u),
    subgroupShuffle(mine, first + 2u),
    subgroupShuffle(mine, first + 3u));
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(global_invocation_id) id: vec3<u32>,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(subgroup_invocation_id) lane: u32,
) {
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
  var w = (branch * p.blocks + block) * p.kernel_h * p.kernel_w * p.cin4 * 16u + lane;
  // Unsigned wrap-around makes a tap left of or above the image a huge number: one comparison tests both edges.
  let left = (vec4<u32>(0u, 1u, 2u, 3u) + column) * p.stride_w - p.padding_w;
  let top = row * p.stride_h - p.padding_h;
  for (var ky = 0u; ky < p.kernel_h; ky++) {
    for (var kx = 0u; kx < p.kernel_w; kx++) {
      let t = taps(n, top + ky * p.dilation_h, left + kx * p.dilation_w);
      for (var c4 = first_c4; c4 < first_c4 + p.cin4; c4++) {
        let x = load_pixels(t, c4);
        let w0 = vec4<f32>(weight[w]);
        var w1 = w0;
        if (SUBGROUP == 4u) { w1 = vec4<f32>(weight[w + 4u]); }
        var w2 = w0;
        if (SUBGROUP <= 8u) { w2 = vec4<f32>(weight[w + 8u]); }
        var w3 = w2;
        if (SUBGROUP == 4u) { w3 = vec4<f32>(weight[w + 12u]); }
        a0 += shared_weights(w0, 0u) * x;
        a1 += shared_weights(w1, 4u % SUBGROUP) * x;
        a2 += shared_weights(w2, 8u % SUBGROUP) * x;
        a3 += shared_weights(w3, 12u % SUBGROUP) * x;
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
