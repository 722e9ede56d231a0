// y = a, b, c, d one after the other along the channels or the images. A thread makes one whole vec4 of y, so parts
// that meet inside a vec4 cannot overwrite each other's lanes.
@group(0) @binding(0) var<storage, read> a: array<vec4<A_T>>;
@group(0) @binding(1) var<storage, read> b: array<vec4<B_T>>;
@group(0) @binding(2) var<storage, read> c: array<vec4<C_T>>;
@group(0) @binding(3) var<storage, read> d: array<vec4<D_T>>;
@group(0) @binding(4) var<storage, read_write> y: array<vec4<Y_T>>;

// Where each part ends: in channels, or in pixels of all images.
const END_A = select(A_N * A_H * A_W, A_C, ALONG_CHANNELS);
const END_B = END_A + select(0u, select(B_N * B_H * B_W, B_C, ALONG_CHANNELS), HAS_B);
const END_C = END_B + select(0u, select(C_N * C_H * C_W, C_C, ALONG_CHANNELS), HAS_C);

fn read_a(pixel: u32, c4: u32) -> vec4<Y_T> { return vec4<Y_T>(a[A_OFFSET + pixel * A_STRIDE + c4]); }
fn read_b(pixel: u32, c4: u32) -> vec4<Y_T> { return vec4<Y_T>(b[B_OFFSET + pixel * B_STRIDE + c4]); }
fn read_c(pixel: u32, c4: u32) -> vec4<Y_T> { return vec4<Y_T>(c[C_OFFSET + pixel * C_STRIDE + c4]); }
fn read_d(pixel: u32, c4: u32) -> vec4<Y_T> { return vec4<Y_T>(d[D_OFFSET + pixel * D_STRIDE + c4]); }

fn along_images(pixel: u32, c4: u32) -> vec4<Y_T> {
  if (pixel < END_A) { return read_a(pixel, c4); }
  if (pixel < END_B) { return read_b(pixel - END_A, c4); }
  if (pixel < END_C) { return read_c(pixel - END_B, c4); }
  return read_d(pixel - END_C, c4);
}

// Every part begins at a vec4.
fn aligned_channels(pixel: u32, c4: u32) -> vec4<Y_T> {
  let k = 4u * c4;
  if (k < END_A) { return read_a(pixel, c4); }
  if (k < END_B) { return read_b(pixel, c4 - END_A / 4u); }
  if (k < END_C) { return read_c(pixel, c4 - END_B / 4u); }
  return read_d(pixel, c4 - END_C / 4u);
}

fn channel(pixel: u32, k: u32) -> Y_T {
  if (k < END_A) { return read_a(pixel, k / 4u)[k % 4u]; }
  if (k < END_B) { return read_b(pixel, (k - END_A) / 4u)[(k - END_A) % 4u]; }
  if (k < END_C) { return read_c(pixel, (k - END_B) / 4u)[(k - END_B) % 4u]; }
  return read_d(pixel, (k - END_C) / 4u)[(k - END_C) % 4u];
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * ROW + id.x;
  if (i >= Y_N * Y_H * Y_W * Y_C4) { return; }
  let pixel = i / Y_C4;
  let c4 = i % Y_C4;
  var value = vec4<Y_T>();
  if (!ALONG_CHANNELS) {
    value = along_images(pixel, c4);
  } else if (ALIGNED) {
    value = aligned_channels(pixel, c4);
  } else {
    for (var lane = 0u; lane < 4u && 4u * c4 + lane < Y_C; lane++) {
      value[lane] = channel(pixel, 4u * c4 + lane);
    }
  }
  y[Y_OFFSET + pixel * Y_STRIDE + c4] = value;
}
