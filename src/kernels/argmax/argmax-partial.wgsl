// First half: PARTS threads per plane, each over every PARTS-th position, so that neighbours read neighbouring pixels.
@group(0) @binding(0) var<storage, read> x: array<X_T>;
@group(0) @binding(1) var<storage, read_write> parts: array<Best>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * ROW + id.x;
  if (i >= X_N * X_C * PARTS) { return; }
  let channel = i / PARTS % X_C;
  let batch = i / (PARTS * X_C);
  let plane = 4u * (X_OFFSET + batch * X_H * X_W * X_STRIDE) + channel;
  var best = nothing();
  for (var p = i % PARTS; p < X_H * X_W; p += PARTS) {
    let key = key_of(f32(x[plane + 4u * p * X_STRIDE]));
    best = merge(best, Best(key, p, LOWEST_KEY));
  }
  parts[i] = best;
}
