// y = a b: each thread computes 4 rows and 8 columns; a workgroup 32 rows and 64 columns, neighbours along the columns.
@group(0) @binding(0) var<storage, read> a: array<vec4<A_T>>;
@group(0) @binding(1) var<storage, read> b: array<vec4<B_T>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<Y_T>>;

const GROUP_COLUMNS = (Y_C4 + 15u) / 16u;
const GROUP_ROWS = (Y_W + 31u) / 32u;

fn store(batch: u32, row: u32, p4: u32, value: vec4<f32>) {
  if (row < Y_W && p4 < Y_C4) {
    y[Y_OFFSET + (batch * Y_W + row) * Y_STRIDE + p4] = vec4<Y_T>(keep_lanes(value, p4, Y_C));
  }
}

@compute @workgroup_size(8, 8)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
  let index = group.y * ROW + group.x;
  let batch = index / (GROUP_ROWS * GROUP_COLUMNS);
  let row = (index / GROUP_COLUMNS % GROUP_ROWS * 8u + local.y) * 4u;
  let p4 = (index % GROUP_COLUMNS * 8u + local.x) * 2u;
  if (batch >= Y_N || row >= Y_W || p4 >= Y_C4) { return; }

  // Rows beyond the last are computed from the last and not stored.
  let rows = min(row + vec4<u32>(0u, 1u, 2u, 3u), vec4<u32>(Y_W - 1u));
  let at = A_OFFSET + (batch * A_W + rows) * A_STRIDE;
  var left = mat4x4<f32>();
  var right = mat4x4<f32>();
  for (var k4 = 0u; k4 < A_C4; k4++) {
    let block = mat4x4<f32>(
      vec4<f32>(a[at.x + k4]), vec4<f32>(a[at.y + k4]), vec4<f32>(a[at.z + k4]), vec4<f32>(a[at.w + k4]));
    left += b_block(batch, k4, p4) * block;
    right += b_block(batch, k4, p4 + 1u) * block;
  }
  store(batch, row, p4, left[0]);
  store(batch, row, p4 + 1u, right[0]);
  store(batch, row + 1u, p4, left[1]);
  store(batch, row + 1u, p4 + 1u, right[1]);
  store(batch, row + 2u, p4, left[2]);
  store(batch, row + 2u, p4 + 1u, right[2]);
  store(batch, row + 3u, p4, left[3]);
  store(batch, row + 3u, p4 + 1u, right[3]);
}
