// The kept rows and columns of a texture → packed RGBA8 pixels, red in the low byte; one pixel per thread.
struct Parameters {
  // First kept column and row that lie in this texture.
  first: vec2<u32>,
  // How many do.
  count: vec2<u32>,
  // Pixel of the picture that the texture begins with.
  origin: vec2<u32>,
  // Kept columns in all.
  pitch: u32,
}
@group(0) @binding(0) var<uniform> p: Parameters;
@group(0) @binding(1) var<storage, read> columns: array<u32>;
@group(0) @binding(2) var<storage, read> rows: array<u32>;
@group(0) @binding(3) var<storage, read_write> pixels: array<u32>;
@group(0) @binding(4) var picture: texture_2d<f32>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (any(id.xy >= p.count)) { return; }
  let at = p.first + id.xy;
  let texel = vec2<u32>(columns[at.x], rows[at.y]) - p.origin;
  // v / 255 · 255 + ½ is v again, for every byte v and within what WGSL lets a device round.
  pixels[at.y * p.pitch + at.x] = pack4x8unorm(textureLoad(picture, texel, 0));
}
