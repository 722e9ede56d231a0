// y = softmax of x over the channels, one row per thread: the largest score, the sum, the results.
@group(0) @binding(0) var<storage, read> x: array<vec4<X_T>>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<Y_T>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let row = id.y * ROW + id.x;
  if (row >= X_N * X_H * X_W) { return; }
  let x_row = X_OFFSET + row * X_STRIDE;
  let y_row = Y_OFFSET + row * Y_STRIDE;

  var tops = vec4<f32>(-infinity());
  for (var c4 = 0u; c4 < X_C4; c4++) {
    tops = max(tops, scores(vec4<f32>(x[x_row + c4]), c4));
  }
  let top = max(max(tops.x, tops.y), max(tops.z, tops.w));

  var sums = vec4<f32>(0.0);
  for (var c4 = 0u; c4 < X_C4; c4++) {
    sums += keep_lanes(softmax_exp(vec4<f32>(x[x_row + c4]) - top), c4, X_C);
  }
  let sum = (sums.x + sums.y) + (sums.z + sums.w);

  for (var c4 = 0u; c4 < X_C4; c4++) {
    y[y_row + c4] = vec4<Y_T>(result(vec4<f32>(x[x_row + c4]), top, sum, c4));
  }
}
