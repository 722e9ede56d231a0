// y = softmax(limited(scale q kT)) v per head: each thread does 4 queries and a block of channels over all keys.
@group(0) @binding(0) var<storage, read> q: array<vec4<Q_T>>;
@group(0) @binding(1) var<storage, read> k: array<vec4<K_T>>;
@group(0) @binding(2) var<storage, read> v: array<vec4<V_T>>;
@group(0) @binding(3) var<storage, read> limit: array<vec4<LIMIT_T>>;
@group(0) @binding(4) var<storage, read_write> y: array<vec4<Y_T>>;

fn store_one(n: u32, query: u32, head: u32, c4: u32, value: vec4<f32>) {
  if (query >= p.queries) { return; }
  let at = p.y_offset + (n * p.queries + query) * p.y_stride + c4;
  if (!MASKED) {
    y[at] = vec4<Y_T>(value);
  } else {
    // The thread owns the vec4 and comes by once for each of its heads, in order.
    let before = select(vec4<f32>(y[at]), vec4<f32>(0.0), head == 4u * c4 / p.out_size);
    y[at] = vec4<Y_T>(select(before, value, lanes_of_head(c4, head, p.out_size)));
  }
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(workgroup_id) group: vec3<u32>) {
  // Threads beyond the queries stay, for the others of their subgroup, and store nothing.
  let query = 4u * id.x;
  prepare_loads();
  let n = group.z;
  let block = block_of(group.y);
  var head = block.first_head;
  loop {
    let tile = attend(n, head, query, block.first, 0u, p.keys);
    // A sum of zero: all scores are -infinity.
    let valid = !tile.spoilt & (tile.sum > vec4<f32>(0.0));
    let factor = select(vec4<f32>(quiet_nan()), 1.0 / tile.sum, valid);
    // Stored in a loop: each store costs compile time.
    var found = values_of(tile);
    for (var c4 = block.first; c4 < block.end; c4++) {
      for (var i = 0u; i < 4u; i++) { store_one(n, query + i, head, c4, found[c4 - block.first][i] * factor[i]); }
    }
    head++;
    if (!MASKED || head > block.last_head) { break; }
  }
}
