// How many workgroups the exact pass gets: none where |q| · |k| shows that no score of any image can exceed the threshold.
@group(0) @binding(0) var<storage, read> norms: array<vec2<f32>>;
@group(0) @binding(1) var<storage, read_write> counts: array<u32>;

// Above the rounding errors of the lengths and of the scores themselves.
const SAFETY = 1.001;

var<workgroup> bounds: array<vec2<f32>, 64>;

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) local: u32) {
  var bound = 0.0;
  for (var plane = 0u; plane < p.planes; plane++) {
    var largest = vec2<f32>(0.0);
    for (var i = local; i < p.threads; i += 64u) {
      largest = max(largest, norms[plane * p.threads + i]);
    }
    bounds[local] = largest;
    workgroupBarrier();
    for (var i = 0u; i < 64u; i++) {
      largest = max(largest, bounds[i]);
    }
    workgroupBarrier();
    let product = sqrt(largest.x) * sqrt(largest.y) * bitcast<f32>(p.magnitude) * SAFETY;
    // 0 · infinity is NaN.
    bound = max(bound, softmax_rank(vec4<f32>(product)).x);
  }
  if (local == 0u) {
    let exact = !is_finite(bound) | (bound > bitcast<f32>(p.threshold));
    counts[0] = select(0u, p.groups_x, exact);
    counts[1] = select(0u, p.heads, exact);
    counts[2] = select(0u, p.groups_z, exact);
  }
}
