// Winograd's second pass where there are few tiles: the threads of a subgroup differ in output channels, and share the
// tiles that each has read. A thread does 16 tiles by 4 output channels. `transformed` and `products` are
// [point][tile][channel vec4]. Builds on subgroup-spread.wgsl: SUBGROUP is 4, 8 or 16.
@group(0) @binding(0) var<storage, read> transformed: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> weight: array<vec4<WEIGHT_T>>;
@group(0) @binding(2) var<storage, read_write> products: array<vec4<f32>>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(workgroup_id) group: vec3<u32>) {
  prepare_loads();
  let point = group.z % p.points;
  let branch = group.z / p.points;
  let begin = point * p.tiles + branch * p.tiles_per_branch;
  let end = begin + p.tiles_per_branch;
  let first = begin + 16u * group.y;
  // Beyond the last tile the last one is read again, and nothing stored.
  let at = min(first + lane + vec4<u32>(0u, 4u, 8u, 12u), vec4<u32>(end - 1u)) * p.cin4;
  // Threads beyond the output channels stay, for the tiles that they read.
  let o = min(id.x, 4u * p.blocks - 1u);
  var w = ((branch * p.blocks + o / 4u) * p.points + point) * p.cin4 * 16u + o % 4u * 4u;
  var a0 = mat4x4<f32>();
  var a1 = mat4x4<f32>();
  var a2 = mat4x4<f32>();
  var a3 = mat4x4<f32>();
  for (var c4 = 0u; c4 < p.cin4; c4++) {
    let weights = mat4x4<f32>(
      vec4<f32>(weight[w]), vec4<f32>(weight[w + 1u]), vec4<f32>(weight[w + 2u]), vec4<f32>(weight[w + 3u]));
    let f0 = transformed[at.x + c4];
    var f1 = f0;
    if (SUBGROUP == 4u) { f1 = transformed[at.y + c4]; }
    var f2 = f0;
    if (SUBGROUP < 16u) { f2 = transformed[at.z + c4]; }
    var f3 = f2;
    if (SUBGROUP == 4u) { f3 = transformed[at.w + c4]; }
    a0 += weights * spread(f0, 0u);
    a1 += weights * spread(f1, 4u % SUBGROUP);
    a2 += weights * spread(f2, 8u % SUBGROUP);
    a3 += weights * spread(f3, 12u % SUBGROUP);
    w += 16u;
  }
  // Copied out of the accumulators, which must not be indexed by a variable: they would live in memory all along.
  var results = array<mat4x4<f32>, 4>(a0, a1, a2, a3);
  for (var i = 0u; i < 16u; i++) {
    if ((first + i < end) & (id.x < p.y_c4)) {
      products[(first + i) * p.y_c4 + id.x] = results[i / 4u][i % 4u];
    }
  }
}
