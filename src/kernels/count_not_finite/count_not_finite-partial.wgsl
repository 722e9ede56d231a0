// First half: p.parts threads per image, each over every p.parts-th vec4 of it. In which order its pixels are stored does not
// matter, and padding lanes are zero.
@group(0) @binding(0) var<storage, read> x: array<vec4<X_T>>;
@group(0) @binding(1) var<storage, read_write> counts: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= p.parts) { return; }
  var count = vec4<u32>(0u);
  for (var i = id.x; i < p.pixels * p.c4; i += p.parts) {
    let value = vec4<f32>(x[p.offset + (id.y * p.pixels + i / p.c4) * p.stride + i % p.c4]);
    let magnitude = bitcast<vec4<u32>>(value) & vec4<u32>(0x7fffffffu);
    count += select(vec4<u32>(0u), vec4<u32>(1u), magnitude >= vec4<u32>(p.limit));
  }
  counts[id.y * p.parts + id.x] = count.x + count.y + count.z + count.w;
}
