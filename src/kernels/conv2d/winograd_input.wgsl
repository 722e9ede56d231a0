// Winograd's first pass: every tile of the image, with the pixels around it, transformed. A thread does one vec4 of
// channels of a tile. `transformed` is [point][tile][channel vec4].
@group(0) @binding(0) var<storage, read> x: array<vec4<X_T>>;
@group(0) @binding(1) var<storage, read_write> transformed: array<vec4<f32>>;

fn pixel(n: u32, row: u32, column: u32, c4: u32) -> vec4<f32> {
  let inside = (row < p.x_h) & (column < p.x_w);
  let at = select(p.x_offset, p.x_offset + ((n * p.x_h + row) * p.x_w + column) * p.x_stride, inside) + c4;
  return select(vec4<f32>(0.0), vec4<f32>(x[at]), vec4<bool>(inside));
}

fn line(n: u32, row: u32, left: u32, c4: u32) -> Line {
  var v = Line();
  v.a = pixel(n, row, left, c4);
  v.b = pixel(n, row, left + 1u, c4);
  v.c = pixel(n, row, left + 2u, c4);
  v.d = pixel(n, row, left + 3u, c4);
  if (TILE == 4u) {
    v.e = pixel(n, row, left + 4u, c4);
    v.f = pixel(n, row, left + 5u, c4);
  }
  return transform_input(v);
}

// The points of one column.
fn store(column: u32, at: u32, v: Line) {
  let t = transform_input(v);
  let step = p.tiles * p.cin4;
  let first = column * step + at;
  let row = SIDE * step;
  transformed[first] = t.a;
  transformed[first + row] = t.b;
  transformed[first + 2u * row] = t.c;
  transformed[first + 3u * row] = t.d;
  if (TILE == 4u) {
    transformed[first + 4u * row] = t.e;
    transformed[first + 5u * row] = t.f;
  }
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * p.row + id.x;
  if (i >= p.tiles * p.cin4) { return; }
  let c4 = i % p.cin4;
  let tile = i / p.cin4;
  let n = tile / (p.tiles_h * p.tiles_w);
  let in_image = tile % (p.tiles_h * p.tiles_w);
  // Unsigned wrap-around makes a pixel left of or above the image a huge number: one comparison tests both edges.
  let top = in_image / p.tiles_w * TILE - p.padding_h;
  let left = in_image % p.tiles_w * TILE - p.padding_w;
  let r0 = line(n, top, left, c4);
  let r1 = line(n, top + 1u, left, c4);
  let r2 = line(n, top + 2u, left, c4);
  let r3 = line(n, top + 3u, left, c4);
  var r4 = Line();
  var r5 = Line();
  if (TILE == 4u) {
    r4 = line(n, top + 4u, left, c4);
    r5 = line(n, top + 5u, left, c4);
  }
  store(0u, i, Line(r0.a, r1.a, r2.a, r3.a, r4.a, r5.a));
  store(1u, i, Line(r0.b, r1.b, r2.b, r3.b, r4.b, r5.b));
  store(2u, i, Line(r0.c, r1.c, r2.c, r3.c, r4.c, r5.c));
  store(3u, i, Line(r0.d, r1.d, r2.d, r3.d, r4.d, r5.d));
  if (TILE == 4u) {
    store(4u, i, Line(r0.e, r1.e, r2.e, r3.e, r4.e, r5.e));
    store(5u, i, Line(r0.f, r1.f, r2.f, r3.f, r4.f, r5.f));
  }
}
