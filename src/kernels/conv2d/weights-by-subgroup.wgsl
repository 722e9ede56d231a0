// A block of weights, read once per subgroup: SUBGROUP is 4, 8 or 16. Builds on subgroup-spread.wgsl.
struct Weights { w0: mat4x4<f32>, w1: mat4x4<f32>, w2: mat4x4<f32>, w3: mat4x4<f32> }

// The 16 vec4s from `at` on: 4 input channels by 16 output channels.
fn load_block(at: u32) -> Weights {
  let mine = at + lane;
  let f0 = vec4<f32>(weight[mine]);
  var f1 = f0;
  if (SUBGROUP == 4u) { f1 = vec4<f32>(weight[mine + 4u]); }
  var f2 = f0;
  if (SUBGROUP < 16u) { f2 = vec4<f32>(weight[mine + 8u]); }
  var f3 = f2;
  if (SUBGROUP == 4u) { f3 = vec4<f32>(weight[mine + 12u]); }
  return Weights(
    spread(f0, 0u), spread(f1, 4u % SUBGROUP), spread(f2, 8u % SUBGROUP), spread(f3, 12u % SUBGROUP));
}
