// How a matrix product ends where the sums are shared out: gemm_combine.wgsl adds them up. `partial` is [split][image][pixel]
// [channel vec4].
@group(0) @binding(2) var<storage, read_write> partial: array<vec4<f32>>;

fn finish(value: vec4<f32>, split: u32, n: u32, pixel: u32, c4: u32, branch: u32) {
  partial[((split * p.y_n + n) * p.y_h * p.y_w + pixel) * p.y_c4 + c4] = value;
}
