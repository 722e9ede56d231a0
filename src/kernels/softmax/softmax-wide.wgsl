// y = softmax of x over the channels, one row per workgroup: neighbouring threads read neighbouring channels.
@group(0) @binding(0) var<storage, read> x: array<vec4<X_T>>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<Y_T>>;

const SIZE = 64u;
var<workgroup> shared_values: array<f32, SIZE>;

@compute @workgroup_size(SIZE)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let row = group.y * ROW + group.x;
  if (row >= X_N * X_H * X_W) { return; }
  let x_row = X_OFFSET + row * X_STRIDE;
  let y_row = Y_OFFSET + row * Y_STRIDE;

  var tops = vec4<f32>(-infinity());
  for (var c4 = local; c4 < X_C4; c4 += SIZE) {
    tops = max(tops, scores(vec4<f32>(x[x_row + c4]), c4));
  }
  shared_values[local] = max(max(tops.x, tops.y), max(tops.z, tops.w));
  workgroupBarrier();
  for (var half = SIZE / 2u; half > 0u; half /= 2u) {
    if (local < half) {
      shared_values[local] = max(shared_values[local], shared_values[local + half]);
    }
    workgroupBarrier();
  }
  let top = shared_values[0];
  workgroupBarrier();

  var sums = vec4<f32>(0.0);
  for (var c4 = local; c4 < X_C4; c4 += SIZE) {
    sums += keep_lanes(softmax_exp(vec4<f32>(x[x_row + c4]) - top), c4, X_C);
  }
  shared_values[local] = (sums.x + sums.y) + (sums.z + sums.w);
  workgroupBarrier();
  for (var half = SIZE / 2u; half > 0u; half /= 2u) {
    if (local < half) {
      shared_values[local] += shared_values[local + half];
    }
    workgroupBarrier();
  }
  let sum = shared_values[0];

  for (var c4 = local; c4 < X_C4; c4 += SIZE) {
    y[y_row + c4] = vec4<Y_T>(result(vec4<f32>(x[x_row + c4]), top, sum, c4));
  }
}
