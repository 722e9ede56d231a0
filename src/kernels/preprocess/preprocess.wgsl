// RGBA8 pixels → OpenCV's fixed-point resize, crop and normalisation, channels blue, green, red; one pixel of y per
// thread, of any image of the batch. All integers until the table's value is taken, so every device gives the same result.
@group(0) @binding(0) var<storage, read> image: array<vec4<IMAGE_T>>;
// Per column and row of y: lower index, upper index, weight of the lower, weight of the upper (11 fractional bits).
@group(0) @binding(1) var<storage, read> columns: array<vec4<COLUMNS_T>>;
@group(0) @binding(2) var<storage, read> rows: array<vec4<ROWS_T>>;
@group(0) @binding(3) var<storage, read> table: array<vec4<TABLE_T>>;
// Source row pitch in pixels, mode, mirror, 0.
@group(0) @binding(4) var<storage, read> params: array<vec4<PARAMS_T>>;
@group(0) @binding(5) var<storage, read_write> y: array<vec4<Y_T>>;

const AREA = 1u;

// Blue, green and red of a source pixel of image n.
fn source(n: u32, row: i32, column: i32) -> vec3<i32> {
  let i = u32(row) * params[PARAMS_OFFSET + n * PARAMS_STRIDE].x + u32(column);
  let rgba = image[IMAGE_OFFSET + n * IMAGE_STRIDE + i / 4u][i % 4u];
  return vec3<i32>((vec3<u32>(rgba) >> vec3<u32>(16u, 8u, 0u)) & vec3<u32>(255u));
}

fn normalised(channel: u32, byte: i32) -> f32 {
  let i = 256u * channel + u32(byte);
  return f32(table[TABLE_OFFSET + i / 4u][i % 4u]);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * ROW + id.x;
  if (i >= Y_N * Y_H * Y_W) { return; }
  let n = i / (Y_H * Y_W);
  let how = params[PARAMS_OFFSET + n * PARAMS_STRIDE];
  let column = select(i % Y_W, Y_W - 1u - i % Y_W, how.z == 1u);
  let across = columns[COLUMNS_OFFSET + (n * Y_W + column) * COLUMNS_STRIDE];
  let down = rows[ROWS_OFFSET + i / Y_W * ROWS_STRIDE];
  let a = source(n, down.x, across.x);
  let b = source(n, down.x, across.y);
  let c = source(n, down.y, across.x);
  let d = source(n, down.y, across.y);
  var bytes: vec3<i32>;
  if (how.y == AREA) {
    bytes = (a + b + c + d + 2) >> vec3<u32>(2u);
  } else {
    let upper = (a * across.z + b * across.w) >> vec3<u32>(4u);
    let lower = (c * across.z + d * across.w) >> vec3<u32>(4u);
    // OpenCV truncates the two products one by one.
    bytes = (((down.z * upper) >> vec3<u32>(16u)) + ((down.w * lower) >> vec3<u32>(16u)) + 2) >> vec3<u32>(2u);
  }
  let bgr = vec3<f32>(normalised(0u, bytes.x), normalised(1u, bytes.y), normalised(2u, bytes.z));
  y[Y_OFFSET + i * Y_STRIDE] = vec4<Y_T>(vec4<f32>(bgr, 0.0));
}
