// How a matrix product ends where a workgroup has summed up all there is. Builds on epilogue.wgsl.
@group(0) @binding(2) var<storage, read> bias: array<vec4<BIAS_T>>;
@group(0) @binding(3) var<storage, read> r0: array<vec4<R0_T>>;
@group(0) @binding(4) var<storage, read> r1: array<vec4<R1_T>>;
@group(0) @binding(5) var<storage, read> r2: array<vec4<R2_T>>;
@group(0) @binding(6) var<storage, read_write> y: array<vec4<Y_T>>;

fn finish(value: vec4<f32>, split: u32, n: u32, pixel: u32, c4: u32, branch: u32) {
  store(value, n, pixel / p.y_w, pixel % p.y_w, c4, branch);
}
