// The four neighbouring scalars that start `by` lanes (0 to 3) into low, of low followed by high.
fn shift_lanes(low: vec4<f32>, high: vec4<f32>, by: u32) -> vec4<f32> {
  switch by {
    case 1u: { return vec4<f32>(low.yzw, high.x); }
    case 2u: { return vec4<f32>(low.zw, high.xy); }
    case 3u: { return vec4<f32>(low.w, high.xyz); }
    default: { return low; }
  }
}
