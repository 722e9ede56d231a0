// Zeroes the lanes of channel block c4 that lie beyond `channels`: padding lanes must stay zero in storage.
fn keep_lanes(v: vec4<f32>, c4: u32, channels: u32) -> vec4<f32> {
  let lane = vec4<u32>(0u, 1u, 2u, 3u) + 4u * c4;
  return select(vec4<f32>(0.0), v, lane < vec4<u32>(channels));
}
