// The largest squared length of an image's and head's query and of its key: each thread takes every p.threads-th token.
@group(0) @binding(0) var<storage, read> q: array<vec4<Q_T>>;
@group(0) @binding(1) var<storage, read> k: array<vec4<K_T>>;
@group(0) @binding(2) var<storage, read_write> norms: array<vec2<f32>>;

// A NaN counts as infinity: what it means is for the exact pass to tell.
fn larger(so_far: f32, squares: vec4<f32>) -> f32 {
  return max(so_far, softmax_rank(vec4<f32>(dot(squares, vec4<f32>(1.0)))).x);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let n = id.y;
  for (var head = 0u; head < p.heads; head++) {
    let range = head_range(head);
    var largest = vec2<f32>(0.0);
    for (var token = id.x; token < p.queries; token += p.threads) {
      var squares = vec4<f32>(0.0);
      for (var c4 = range.x; c4 < range.y; c4++) {
        let value = q_block(p.q_offset + (n * p.image_queries + token) * p.q_stride, c4, head);
        squares += value * value;
      }
      largest.x = larger(largest.x, squares);
    }
    for (var token = id.x; token < p.keys; token += p.threads) {
      var squares = vec4<f32>(0.0);
      for (var c4 = range.x; c4 < range.y; c4++) {
        let value = k_block(p.k_offset + (n * p.keys + token) * p.k_stride, c4, head);
        squares += value * value;
      }
      largest.y = larger(largest.y, squares);
    }
    norms[(n * p.heads + head) * p.threads + id.x] = largest;
  }
}
