// A dot product with f16 operands and an f32 sum, as the engine's f16 kernels compute. One workgroup of 64.

enable f16;

@group(0) @binding(0) var<storage, read> a: array<vec4<f16>>;
@group(0) @binding(1) var<storage, read> b: array<vec4<f16>>;
@group(0) @binding(2) var<storage, read_write> answers: array<u32>;
@group(0) @binding(3) var<storage, read_write> products: array<vec4<f16>>;

@compute @workgroup_size(64)
fn answer(@builtin(global_invocation_id) global: vec3<u32>) {
  var sum = 0.0;
  for (var i = 0u; i < 16u; i++) {
    let product = a[global.x] * b[(global.x + i) % 64u];
    sum += f32(product.x) + f32(product.y) + f32(product.z) + f32(product.w);
  }
  answers[global.x] = bitcast<u32>(sum);
  products[global.x] = a[global.x] * b[global.x];
}
