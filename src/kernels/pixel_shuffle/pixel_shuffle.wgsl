// y[c, r·i + a, r·j + b] = x[r²·c + r·a + b, i, j] with r = FACTOR; one vec4 of channels of y per thread.
@group(0) @binding(0) var<storage, read> x: array<vec4<X_T>>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<Y_T>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * ROW + id.x;
  if (i >= Y_N * Y_H * Y_W * Y_C4) { return; }
  let pixel = i / Y_C4;
  let c4 = i % Y_C4;
  let column = pixel % Y_W;
  let row = pixel / Y_W % Y_H;
  let n = pixel / (Y_H * Y_W);
  let source = X_OFFSET + ((n * X_H + row / FACTOR) * X_W + column / FACTOR) * X_STRIDE;
  let within = row % FACTOR * FACTOR + column % FACTOR;
  var value = vec4<Y_T>();
  for (var lane = 0u; lane < 4u && 4u * c4 + lane < Y_C; lane++) {
    let k = FACTOR * FACTOR * (4u * c4 + lane) + within;
    value[lane] = Y_T(x[source + k / 4u][k % 4u]);
  }
  y[Y_OFFSET + pixel * Y_STRIDE + c4] = value;
}
