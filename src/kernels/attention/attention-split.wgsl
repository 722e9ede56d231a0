// As attention-streamed, but each thread does one chunk of the keys. What it found goes to `partial`, one row per chunk,
// token and head: (largest score, sum, 0, 0), then the head's vec4s of weighted values.
@group(0) @binding(0) var<storage, read> q: array<vec4<Q_T>>;
@group(0) @binding(1) var<storage, read> k: array<vec4<K_T>>;
@group(0) @binding(2) var<storage, read> v: array<vec4<V_T>>;
@group(0) @binding(3) var<storage, read> limit: array<vec4<LIMIT_T>>;
@group(0) @binding(4) var<storage, read_write> partial: array<vec4<f32>>;

fn store_one(row: u32, query: u32, at: u32, value: vec4<f32>) {
  if (query >= p.queries) { return; }
  partial[(row + query) * p.heads * p.partial_stride + at] = value;
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(workgroup_id) group: vec3<u32>) {
  // Threads beyond the queries stay, for the others of their subgroup, and store nothing.
  let query = 4u * id.x;
  prepare_loads();
  let n = group.z % p.n;
  let chunk = group.z / p.n;
  let begin = chunk * p.keys_per_chunk;
  let row = (chunk * p.n + n) * p.queries;
  let block = block_of(group.y);
  var head = block.first_head;
  loop {
    let tile = attend(n, head, query, block.first, begin, min(begin + p.keys_per_chunk, p.keys));
    if (head * p.out_size / 4u >= block.first) {
      let top = select(tile.top, vec4<f32>(infinity()), tile.spoilt);
      let at = head * p.partial_stride;
      for (var i = 0u; i < 4u; i++) { store_one(row, query + i, at, vec4<f32>(top[i], tile.sum[i], 0.0, 0.0)); }
    }
    // Stored in a loop: each store costs compile time. The block has channels that are not there, or of other heads.
    var found = values_of(tile);
    let first = max(block.first, head * p.out_size / 4u);
    let end = min(block.end, ((head + 1u) * p.out_size + 3u) / 4u);
    for (var c4 = first; c4 < end; c4++) {
      let at = head * p.partial_stride + 1u + c4 - head * p.out_size / 4u;
      for (var i = 0u; i < 4u; i++) { store_one(row, query + i, at, found[c4 - block.first][i]); }
    }
    head++;
    if (!MASKED || head > block.last_head) { break; }
  }
}
