// Winograd's second pass: at each point, the tiles' channels times the weights. A thread does 4 tiles by 16 output
// channels. `transformed` and `products` are [point][tile][channel vec4]. Builds on one of weights-by-thread.wgsl and
// weights-by-subgroup.wgsl.
@group(0) @binding(0) var<storage, read> transformed: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> weight: array<vec4<WEIGHT_T>>;
@group(0) @binding(2) var<storage, read_write> products: array<vec4<f32>>;

fn store(values: mat4x4<f32>, tile: u32, end: u32, o: u32) {
  if (o >= p.y_c4) { return; }
  let at = tile * p.y_c4 + o;
  if (tile < end) { products[at] = values[0]; }
  if (tile + 1u < end) { products[at + p.y_c4] = values[1]; }
  if (tile + 2u < end) { products[at + 2u * p.y_c4] = values[2]; }
  if (tile + 3u < end) { products[at + 3u * p.y_c4] = values[3]; }
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(workgroup_id) group: vec3<u32>) {
  prepare_loads();
  let block = group.y;
  let point = group.z % p.points;
  let branch = group.z / p.points;
  // Threads beyond the tiles stay, for the others of their subgroup: they read the last tile, and store nothing.
  let begin = point * p.tiles + branch * p.tiles_per_branch;
  let end = begin + p.tiles_per_branch;
  let tile = begin + 4u * id.x;
  let at = min(tile + vec4<u32>(0u, 1u, 2u, 3u), vec4<u32>(end - 1u)) * p.cin4;
  var w = ((branch * p.blocks + block) * p.points + point) * p.cin4 * 16u;
  var a0 = mat4x4<f32>();
  var a1 = mat4x4<f32>();
  var a2 = mat4x4<f32>();
  var a3 = mat4x4<f32>();
  for (var c4 = 0u; c4 < p.cin4; c4++) {
    let x = mat4x4<f32>(
      transformed[at.x + c4], transformed[at.y + c4], transformed[at.z + c4], transformed[at.w + c4]);
    let found = load_block(w);
    a0 += found.w0 * x;
    a1 += found.w1 * x;
    a2 += found.w2 * x;
    a3 += found.w3 * x;
    w += 16u;
  }
  store(a0, tile, end, 4u * block);
  store(a1, tile, end, 4u * block + 1u);
  store(a2, tile, end, 4u * block + 2u);
  store(a3, tile, end, 4u * block + 3u);
}
