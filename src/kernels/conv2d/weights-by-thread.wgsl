// A block of weights, read by each thread for itself.
struct Weights { w0: mat4x4<f32>, w1: mat4x4<f32>, w2: mat4x4<f32>, w3: mat4x4<f32> }

fn prepare_loads() {}

fn load_weights(at: u32) -> mat4x4<f32> {
  return mat4x4<f32>(vec4<f32>(weight[at]), vec4<f32>(weight[at + 1u]), vec4<f32>(weight[at + 2u]), vec4<f32>(weight[at + 3u]));
}

// The 16 vec4s from `at` on: 4 input channels by 16 output channels.
fn load_block(at: u32) -> Weights {
  return Weights(load_weights(at), load_weights(at + 4u), load_weights(at + 8u), load_weights(at + 12u));
}
