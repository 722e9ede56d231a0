// The largest score of 4 queries and a chunk of keys, and 1 where one of them is NaN. Runs only where the bound says so.
@group(0) @binding(0) var<storage, read> q: array<vec4<Q_T>>;
@group(0) @binding(1) var<storage, read> k: array<vec4<K_T>>;
@group(0) @binding(2) var<storage, read_write> tops: array<vec2<f32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(workgroup_id) group: vec3<u32>) {
  let query = 4u * id.x;
  if (query >= p.queries) { return; }
  let head = group.y;
  let n = group.z / p.chunks;
  let chunk = group.z % p.chunks;
  let range = head_range(head);
  let queries = q_rows(n, query);
  let end = min((chunk + 1u) * p.keys_per_chunk, p.keys);
  var top = vec4<f32>(-infinity());
  var trace = vec4<f32>(0.0);
  for (var key = chunk * p.keys_per_chunk; key < end; key += 4u) {
    // Beyond the last query and key these are once more the last ones' scores.
    let s = scores(queries, k_rows(n, key), head, range);
    trace += vec4<f32>(1.0) * s;
    top = max(top, max(max(s[0], s[1]), max(s[2], s[3])));
  }
  let spoilt = select(0.0, 1.0, any(is_nan(trace)));
  tops[(group.z * p.heads + head) * ((p.queries + 3u) / 4u) + id.x] = vec2<f32>(largest_lane(top), spoilt);
}
