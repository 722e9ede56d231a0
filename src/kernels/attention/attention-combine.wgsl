// y from what the chunks of attention-split found: each thread one vec4 of a token.
@group(0) @binding(0) var<storage, read> partial: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<Y_T>>;

const E = Y_C / HEADS;
const CHUNK_ROWS = Y_N * Y_W * HEADS;

// The chunks' maxima are never NaN: those are stored as +infinity.
fn combine(pixel: u32, head: u32, c4: u32) -> vec4<f32> {
  let first = (pixel * HEADS + head) * PARTIAL_STRIDE;
  var top = -infinity();
  for (var chunk = 0u; chunk < CHUNKS; chunk++) {
    top = max(top, partial[first + chunk * CHUNK_ROWS * PARTIAL_STRIDE].x);
  }
  var sum = 0.0;
  var value = vec4<f32>(0.0);
  for (var chunk = 0u; chunk < CHUNKS; chunk++) {
    let at = first + chunk * CHUNK_ROWS * PARTIAL_STRIDE;
    let found = partial[at];
    let weight = softmax_exp(vec4<f32>(found.x - top)).x;
    sum += weight * found.y;
    value += weight * partial[at + 1u + c4 - head * E / 4u];
  }
  // A sum of zero: all scores are -infinity.
  return select(vec4<f32>(quiet_nan()), value / sum, is_finite(top) & (sum > 0.0));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * ROW + id.x;
  if (i >= Y_N * Y_W * Y_C4) { return; }
  let pixel = i / Y_C4;
  let c4 = i % Y_C4;
  var result = vec4<f32>(0.0);
  for (var head = 4u * c4 / E; (head < HEADS) & (head * E < 4u * c4 + 4u); head++) {
    result = select(result, combine(pixel, head, c4), lanes_of_head(c4, head, E));
  }
  y[Y_OFFSET + pixel * Y_STRIDE + c4] = vec4<Y_T>(result);
}
