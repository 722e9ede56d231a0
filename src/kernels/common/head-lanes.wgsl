// Which lanes of channel block c4 belong to `head`, when each head has `size` channels.
fn lanes_of_head(c4: u32, head: u32, size: u32) -> vec4<bool> {
  // Lanes of earlier heads wrap round to large numbers.
  return vec4<u32>(0u, 1u, 2u, 3u) + (4u * c4 - head * size) < vec4<u32>(size);
}
