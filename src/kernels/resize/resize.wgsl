// y = x resized with nearest or bilinear taps from two tables: lower index, upper index, weight of the upper.
// One vec4 of channels per thread.
@group(0) @binding(0) var<storage, read> x: array<vec4<X_T>>;
@group(0) @binding(1) var<storage, read> columns: array<vec4<COLUMNS_T>>;
@group(0) @binding(2) var<storage, read> rows: array<vec4<ROWS_T>>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4<Y_T>>;

fn load(n: u32, row: u32, column: u32, c4: u32) -> vec4<f32> {
  return vec4<f32>(x[X_OFFSET + ((n * X_H + row) * X_W + column) * X_STRIDE + c4]);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * ROW + id.x;
  if (i >= Y_N * Y_H * Y_W * Y_C4) { return; }
  let pixel = i / Y_C4;
  let c4 = i % Y_C4;
  let n = pixel / (Y_H * Y_W);
  let across = vec4<f32>(columns[COLUMNS_OFFSET + pixel % Y_W * COLUMNS_STRIDE]);
  let down = vec4<f32>(rows[ROWS_OFFSET + pixel / Y_W % Y_H * ROWS_STRIDE]);
  let left = u32(across.x);
  let top = u32(down.x);
  var value = load(n, top, left, c4);
  if (BILINEAR) {
    let right = u32(across.y);
    let bottom = u32(down.y);
    let w = vec4<f32>(across.z);
    let h = vec4<f32>(down.z);
    // The order of PyTorch's CPU kernel; where the device fuses fma() too, the result is the same to the last bit.
    let upper = fma(value, 1.0 - w, load(n, top, right, c4) * w);
    let lower = fma(load(n, bottom, left, c4), 1.0 - w, load(n, bottom, right, c4) * w);
    value = fma(upper, 1.0 - h, lower * h);
  }
  y[Y_OFFSET + pixel * Y_STRIDE + c4] = vec4<Y_T>(keep_lanes(value, c4, Y_C));
}
