// The kept rows and columns of RGBA8 pixels in a buffer, one after the other; one pixel per thread.
struct Parameters {
  count: vec2<u32>,
  // The first pixel, and from one row to the next, both in pixels.
  start: u32,
  pitch: u32,
}
@group(0) @binding(0) var<uniform> p: Parameters;
@group(0) @binding(1) var<storage, read> columns: array<u32>;
@group(0) @binding(2) var<storage, read> rows: array<u32>;
@group(0) @binding(3) var<storage, read_write> pixels: array<u32>;
@group(0) @binding(4) var<storage, read> picture: array<u32>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (any(id.xy >= p.count)) { return; }
  pixels[id.y * p.count.x + id.x] = picture[p.start + rows[id.y] * p.pitch + columns[id.x]];
}
