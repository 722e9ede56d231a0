// Each image's limit: the threshold where the exact pass ran and found a larger score and no NaN, else NO_LIMIT.
@group(0) @binding(0) var<storage, read> counts: array<u32>;
@group(0) @binding(1) var<storage, read> tops: array<vec2<f32>>;
@group(0) @binding(2) var<storage, read_write> limit: array<vec4<LIMIT_T>>;

var<workgroup> found: array<vec2<f32>, 64>;

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3<u32>) {
  var top = vec2<f32>(-infinity(), 0.0);
  let count = select(p.tops, 0u, counts[0] == 0u);
  for (var i = local; i < count; i += 64u) {
    top = max(top, tops[group.x * p.tops + i]);
  }
  found[local] = top;
  workgroupBarrier();
  if (local == 0u) {
    for (var i = 1u; i < 64u; i++) {
      top = max(top, found[i]);
    }
    let threshold = bitcast<f32>(p.threshold);
    let exceeded = (top.x > threshold) & (top.y == 0.0);
    limit[p.limit_offset + group.x * p.limit_stride] = vec4<LIMIT_T>(vec4<f32>(select(NO_LIMIT, threshold, exceeded), 0.0, 0.0, 0.0));
  }
}
