@group(0) @binding(0) var<storage, read> q: array<vec4<Q_T>>;
@group(0) @binding(1) var<storage, read> k: array<vec4<K_T>>;
@group(0) @binding(2) var<storage, read> v: array<vec4<V_T>>;
@group(0) @binding(3) var<storage, read> limit: array<vec4<LIMIT_T>>;
@group(0) @binding(4) var<storage, read_write> y: array<vec4<Y_T>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * ROW + id.x;
  if (i >= Y_N * Y_W * Y_C4) { return; }
  let c4 = i % Y_C4;
  let query = i / Y_C4 % Y_W;
  let n = i / (Y_C4 * Y_W);
  var out = vec4<f32>(0.0);
  let cap = select(3.4e38, f32(limit[0].x), HAS_LIMIT);
  for (var lane = 0u; lane < 4u; lane++) {
    let c = c4 * 4u + lane;
    if (c >= Y_C) { break; }
    let head = c / E;
    var m = -3.4e38; var sum = 0.0; var acc = 0.0;
    for (var key = 0u; key < K_W; key++) {
      var s = 0.0;
      for (var d = head * D; d < head * D + D; d++) {
        s += f32(q[Q_OFFSET + (n * Q_W + query) * Q_STRIDE + d / 4u][d % 4u]) * f32(k[K_OFFSET + (n * K_W + key) * K_STRIDE + d / 4u][d % 4u]);
      }
      s *= SCALE;
      s = select(s, cap, s > cap); s = select(s, -cap, s < -cap);
      let next = select(m, s, s > m);
      let r = exp(m - next); let p = exp(s - next);
      m = next; sum = sum * r + p; acc = acc * r + p * f32(v[V_OFFSET + (n * K_W + key) * V_STRIDE + c4][lane]);
    }
    out[lane] = acc / sum;
  }
  y[Y_OFFSET + (n * Y_W + query) * Y_STRIDE + c4] = vec4<Y_T>(out);
}
