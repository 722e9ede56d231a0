// y from what the chunks of attention-split found: each thread one vec4 of a token.
@group(0) @binding(0) var<storage, read> partial: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<Y_T>>;

// The chunks' maxima are never NaN: those are stored as +infinity.
fn combine(token: u32, head: u32, c4: u32) -> vec4<f32> {
  let first = (token * p.heads + head) * p.partial_stride;
  var top = -infinity();
  for (var chunk = 0u; chunk < p.chunks; chunk++) {
    top = max(top, partial[first + chunk * p.chunk_stride].x);
  }
  var sum = 0.0;
  var value = vec4<f32>(0.0);
  for (var chunk = 0u; chunk < p.chunks; chunk++) {
    let at = first + chunk * p.chunk_stride;
    let found = partial[at];
    let weight = softmax_exp(vec4<f32>(found.x - top)).x;
    sum += weight * found.y;
    value += weight * partial[at + 1u + c4 - head * p.out_size / 4u];
  }
  // A sum of zero: all scores are -infinity.
  return select(vec4<f32>(quiet_nan()), value / sum, is_finite(top) & (sum > 0.0));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * p.row + id.x;
  if (i >= p.tokens * p.y_c4) { return; }
  let token = i / p.y_c4;
  let c4 = i % p.y_c4;
  var result = vec4<f32>(0.0);
  for (var head = 4u * c4 / p.out_size; (head < p.heads) & (head * p.out_size < 4u * c4 + 4u); head++) {
    result = select(result, combine(token, head, c4), lanes_of_head(c4, head, p.out_size));
  }
  y[p.y_offset + token * p.y_stride + c4] = vec4<Y_T>(result);
}
