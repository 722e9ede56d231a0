// Winograd's last pass: each tile's products transformed to its pixels, and what follows. A thread does one vec4 of
// channels of a tile. `products` is [point][tile][channel vec4].
@group(0) @binding(0) var<storage, read> products: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> bias: array<vec4<BIAS_T>>;
@group(0) @binding(2) var<storage, read> r0: array<vec4<R0_T>>;
@group(0) @binding(3) var<storage, read> r1: array<vec4<R1_T>>;
@group(0) @binding(4) var<storage, read> r2: array<vec4<R2_T>>;
@group(0) @binding(5) var<storage, read_write> y: array<vec4<Y_T>>;

// The points of one row, transformed to the tile's columns.
fn line(row: u32, at: u32) -> Line {
  let step = p.tiles * p.y_c4;
  let first = row * SIDE * step + at;
  var v = Line();
  v.a = products[first];
  v.b = products[first + step];
  v.c = products[first + 2u * step];
  v.d = products[first + 3u * step];
  if (TILE == 4u) {
    v.e = products[first + 4u * step];
    v.f = products[first + 5u * step];
  }
  return transform_output(v);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * p.row + id.x;
  if (i >= p.tiles * p.y_c4) { return; }
  let c4 = i % p.y_c4;
  let tile = i / p.y_c4;
  let n = tile / (p.tiles_h * p.tiles_w);
  let branch = n / p.images_per_branch;
  let in_image = tile % (p.tiles_h * p.tiles_w);
  let top = in_image / p.tiles_w * TILE;
  let left = in_image % p.tiles_w * TILE;
  let l0 = line(0u, i);
  let l1 = line(1u, i);
  let l2 = line(2u, i);
  let l3 = line(3u, i);
  var l4 = Line();
  var l5 = Line();
  if (TILE == 4u) {
    l4 = line(4u, i);
    l5 = line(5u, i);
  }
  let c0 = transform_output(Line(l0.a, l1.a, l2.a, l3.a, l4.a, l5.a));
  let c1 = transform_output(Line(l0.b, l1.b, l2.b, l3.b, l4.b, l5.b));
  var c2 = Line();
  var c3 = Line();
  if (TILE == 4u) {
    c2 = transform_output(Line(l0.c, l1.c, l2.c, l3.c, l4.c, l5.c));
    c3 = transform_output(Line(l0.d, l1.d, l2.d, l3.d, l4.d, l5.d));
  }
  // One store in a loop: 16 of them, each with what follows a convolution, took seconds to compile.
  var results = array<vec4<f32>, 16>(
    c0.a, c1.a, c2.a, c3.a, c0.b, c1.b, c2.b, c3.b, c0.c, c1.c, c2.c, c3.c, c0.d, c1.d, c2.d, c3.d);
  for (var pixel = 0u; pixel < TILE * TILE; pixel++) {
    let row = pixel / TILE;
    let column = pixel % TILE;
    if ((top + row < p.y_h) & (left + column < p.y_w)) {
      store(results[4u * row + column], n, top + row, left + column, c4, branch);
    }
  }
}
