// Adds up the partial sums of gemm_partial.wgsl, always in the same order, and does what follows a convolution's sum.
@group(0) @binding(0) var<storage, read> partial: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> bias: array<vec4<BIAS_T>>;
@group(0) @binding(2) var<storage, read> r0: array<vec4<R0_T>>;
@group(0) @binding(3) var<storage, read> r1: array<vec4<R1_T>>;
@group(0) @binding(4) var<storage, read> r2: array<vec4<R2_T>>;
@group(0) @binding(5) var<storage, read_write> y: array<vec4<Y_T>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * p.row + id.x;
  let count = p.y_n * p.y_h * p.y_w * p.y_c4;
  if (i >= count) { return; }
  var sum = vec4<f32>(0.0);
  for (var split = 0u; split < p.splits; split++) { sum += partial[split * count + i]; }
  let pixel = i / p.y_c4;
  let n = pixel / (p.y_h * p.y_w);
  let in_image = pixel % (p.y_h * p.y_w);
  store(sum, n, in_image / p.y_w, in_image % p.y_w, i % p.y_c4, n / p.images_per_branch);
}
