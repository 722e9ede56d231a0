// Second half: one workgroup per image adds its counts up.
@group(0) @binding(0) var<storage, read> counts: array<u32>;
@group(0) @binding(1) var<storage, read_write> count: array<vec4<u32>>;

const SIZE = 64u;
var<workgroup> sums: array<u32, SIZE>;

@compute @workgroup_size(SIZE)
fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3<u32>) {
  var sum = 0u;
  for (var i = local; i < p.parts; i += SIZE) {
    sum += counts[group.x * p.parts + i];
  }
  sums[local] = sum;
  workgroupBarrier();
  if (local > 0u) { return; }
  for (var i = 1u; i < SIZE; i++) {
    sum += sums[i];
  }
  count[p.offset + group.x * p.stride] = vec4<u32>(sum, 0u, 0u, 0u);
}
