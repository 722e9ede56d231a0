// Copies a tensor that no cache holds, a vec4 or four per thread.
@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<f32>>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let first = group.x * 256u * EACH + local;
  for (var i = 0u; i < EACH; i++) { y[Y_OFFSET + first + 256u * i] = x[X_OFFSET + first + 256u * i]; }
}
