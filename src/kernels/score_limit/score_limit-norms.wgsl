// The largest squared length of a head's query and of its key: each thread takes every THREADS-th token.
@group(0) @binding(0) var<storage, read> q: array<vec4<Q_T>>;
@group(0) @binding(1) var<storage, read> k: array<vec4<K_T>>;
@group(0) @binding(2) var<storage, read_write> norms: array<vec2<f32>>;

// A NaN counts as infinity: what it means is for the exact pass to tell.
fn larger(so_far: f32, squares: vec4<f32>) -> f32 {
  return max(so_far, softmax_rank(vec4<f32>(dot(squares, vec4<f32>(1.0)))).x);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  for (var head = 0u; head < HEADS; head++) {
    let first = head * D / 4u;
    let end = ((head + 1u) * D + 3u) / 4u;
    var largest = vec2<f32>(0.0);
    for (var token = id.x; token < Q_N * Q_W; token += THREADS) {
      var squares = vec4<f32>(0.0);
      for (var c4 = first; c4 < end; c4++) {
        let value = q_block(Q_OFFSET + token * Q_STRIDE, c4, head);
        squares += value * value;
      }
      largest.x = larger(largest.x, squares);
    }
    for (var token = id.x; token < K_N * K_W; token += THREADS) {
      var squares = vec4<f32>(0.0);
      for (var c4 = first; c4 < end; c4++) {
        let value = k_block(K_OFFSET + token * K_STRIDE, c4, head);
        squares += value * value;
      }
      largest.y = larger(largest.y, squares);
    }
    norms[head * THREADS + id.x] = largest;
  }
}
