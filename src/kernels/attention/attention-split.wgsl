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

// `row` is the row of the chunk's and image's first token.
fn store(row: u32, query: u32, head: u32, c4: u32, end: u32, m: mat4x4<f32>) {
  let first = head * p.out_size / 4u;
  if (c4 >= end || c4 < first || 4u * c4 >= (head + 1u) * p.out_size) { return; }
  let at = head * p.partial_stride + 1u + c4 - first;
  store_one(row, query, at, m[0]);
  store_one(row, query + 1u, at, m[1]);
  store_one(row, query + 2u, at, m[2]);
  store_one(row, query + 3u, at, m[3]);
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
      store_one(row, query, at, vec4<f32>(top.x, tile.sum.x, 0.0, 0.0));
      store_one(row, query + 1u, at, vec4<f32>(top.y, tile.sum.y, 0.0, 0.0));
      store_one(row, query + 2u, at, vec4<f32>(top.z, tile.sum.z, 0.0, 0.0));
      store_one(row, query + 3u, at, vec4<f32>(top.w, tile.sum.w, 0.0, 0.0));
    }
    store(row, query, head, block.first, block.end, tile.v0);
    if (BLOCK > 1u) { store(row, query, head, block.first + 1u, block.end, tile.v1); }
    if (BLOCK > 2u) { store(row, query, head, block.first + 2u, block.end, tile.v2); }
    if (BLOCK > 3u) { store(row, query, head, block.first + 3u, block.end, tile.v3); }
    if (BLOCK > 4u) { store(row, query, head, block.first + 4u, block.end, tile.v4); }
    if (BLOCK > 5u) { store(row, query, head, block.first + 5u, block.end, tile.v5); }
    head++;
    if (!MASKED || head > block.last_head) { break; }
  }
}
