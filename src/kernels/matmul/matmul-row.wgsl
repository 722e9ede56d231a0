// y = a b: each thread computes 4 columns of one row. For few rows or columns, where tiles would be mostly empty.
@group(0) @binding(0) var<storage, read> a: array<vec4<A_T>>;
@group(0) @binding(1) var<storage, read> b: array<vec4<B_T>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<Y_T>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * ROW + id.x;
  if (i >= Y_N * Y_W * Y_C4) { return; }
  let pixel = i / Y_C4;
  let p4 = i % Y_C4;
  let batch = pixel / Y_W;
  let a_row = A_OFFSET + pixel * A_STRIDE;
  var sum = vec4<f32>(0.0);
  for (var k4 = 0u; k4 < A_C4; k4++) {
    sum += b_block(batch, k4, p4) * vec4<f32>(a[a_row + k4]);
  }
  y[Y_OFFSET + pixel * Y_STRIDE + p4] = vec4<Y_T>(keep_lanes(sum, p4, Y_C));
}
