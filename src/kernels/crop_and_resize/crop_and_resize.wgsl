// y = a crop of image, bilinear with zeros outside, at the sampling positions that two tables give for the centre in
// `index` (column, row, …; per image). One vec4 of channels per thread.
@group(0) @binding(0) var<storage, read> image: array<vec4<IMAGE_T>>;
@group(0) @binding(1) var<storage, read> columns: array<vec4<COLUMNS_T>>;
@group(0) @binding(2) var<storage, read> rows: array<vec4<ROWS_T>>;
@group(0) @binding(3) var<storage, read> index: array<vec4<INDEX_T>>;
@group(0) @binding(4) var<storage, read_write> y: array<vec4<Y_T>>;

// Zero outside, whatever the image holds elsewhere: a product with zero would let a NaN through.
fn neighbour(n: u32, row: f32, column: f32, c4: u32) -> vec4<f32> {
  if (!(row >= 0.0 && row < f32(IMAGE_H) && column >= 0.0 && column < f32(IMAGE_W))) { return vec4<f32>(0.0); }
  let pixel = stored_pixel(n, u32(row), u32(column), IMAGE_H, IMAGE_W, IMAGE_BLOCK);
  return vec4<f32>(image[IMAGE_OFFSET + pixel * IMAGE_STRIDE + c4]);
}

// The centre of image n: which row of `columns` (x) and of `rows` (y) to read.
fn centre(n: u32) -> vec2<u32> {
  if (!HAS_INDEX) { return vec2<u32>(0u); }
  let at = vec2<u32>(index[INDEX_OFFSET + min(n, INDEX_N - 1u) * INDEX_H * INDEX_W * INDEX_STRIDE].xy);
  return min(at, vec2<u32>(COLUMNS_W, ROWS_W) - 1u);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * ROW + id.x;
  if (i >= Y_N * Y_H * Y_W * Y_C4) { return; }
  let pixel = i / Y_C4;
  let c4 = i % Y_C4;
  let column = pixel % Y_W;
  let row = pixel / Y_W % Y_H;
  let n = pixel / (Y_H * Y_W);
  let around = centre(n);
  let across = f32(columns[COLUMNS_OFFSET + around.x * COLUMNS_STRIDE + column / 4u][column % 4u]);
  let down = f32(rows[ROWS_OFFSET + around.y * ROWS_STRIDE + row / 4u][row % 4u]);
  let left = floor(across);
  let top = floor(down);
  let w = across - left;
  let h = down - top;
  // The order of PyTorch's CPU kernel; where the device fuses fma() too, the result is the same to the last bit.
  var value = neighbour(n, top, left, c4) * ((1.0 - w) * (1.0 - h));
  value = fma(neighbour(n, top, left + 1.0, c4), vec4<f32>(w * (1.0 - h)), value);
  value = fma(neighbour(n, top + 1.0, left, c4), vec4<f32>((1.0 - w) * h), value);
  value = fma(neighbour(n, top + 1.0, left + 1.0, c4), vec4<f32>(w * h), value);
  y[Y_OFFSET + pixel * Y_STRIDE + c4] = vec4<Y_T>(keep_lanes(value, c4, Y_C));
}
