// First half: PARTS threads per four planes, each over every PARTS-th position, so that neighbours read neighbouring pixels.
@group(0) @binding(0) var<storage, read> x: array<vec4<X_T>>;
@group(0) @binding(1) var<storage, read_write> parts: array<Best>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * ROW + id.x;
  if (i >= X_N * X_C4 * PARTS) { return; }
  let c4 = i / PARTS % X_C4;
  let batch = i / (PARTS * X_C4);
  let plane = X_OFFSET + batch * X_H * X_W * X_STRIDE + c4;
  var best = nothing();
  for (var p = i % PARTS; p < X_H * X_W; p += PARTS) {
    let key = key_of(vec4<f32>(x[plane + p * X_STRIDE]));
    best = merge(best, Best(key, vec4<u32>(p), vec4<u32>(LOWEST_KEY)));
  }
  parts[i] = best;
}
