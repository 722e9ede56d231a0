@group(0) @binding(0) var<storage, read> q: array<vec4<Q_T>>;
@group(0) @binding(1) var<storage, read> k: array<vec4<K_T>>;
@group(0) @binding(2) var<storage, read_write> limit: array<vec4<LIMIT_T>>;
var<workgroup> best: array<f32, 64>;
@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) t: u32) {
  var top = -3.4e38;
  for (var query = t; query < Q_W; query += 64u) { for (var key = 0u; key < K_W; key++) { for (var head = 0u; head < HEADS; head++) {
      var s = 0.0;
      for (var d = head * D; d < head * D + D; d++) { s += f32(q[Q_OFFSET + query * Q_STRIDE + d / 4u][d % 4u]) * f32(k[K_OFFSET + key * K_STRIDE + d / 4u][d % 4u]); }
      top = max(top, s * SCALE); } } }
  best[t] = top; workgroupBarrier();
  if (t == 0u) { for (var i = 0u; i < 64u; i++) { top = max(top, best[i]); } limit[LIMIT_OFFSET] = vec4<f32>(select(3.4e38, THRESHOLD, top > THRESHOLD), 0.0, 0.0, 0.0); }
}
