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

// The pixels of one column of the tile.
fn store_column(v: Line, n: u32, top: u32, column: u32, c4: u32, branch: u32) {
  if (column >= p.y_w) { return; }
  let t = transform_output(v);
  store(t.a, n, top, column, c4, branch);
  if (top + 1u < p.y_h) { store(t.b, n, top + 1u, column, c4, branch); }
  if (TILE == 4u) {
    if (top + 2u < p.y_h) { store(t.c, n, top + 2u, column, c4, branch); }
    if (top + 3u < p.y_h) { store(t.d, n, top + 3u, column, c4, branch); }
  }
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
  store_column(Line(l0.a, l1.a, l2.a, l3.a, l4.a, l5.a), n, top, left, c4, branch);
  store_column(Line(l0.b, l1.b, l2.b, l3.b, l4.b, l5.b), n, top, left + 1u, c4, branch);
  if (TILE == 4u) {
    store_column(Line(l0.c, l1.c, l2.c, l3.c, l4.c, l5.c), n, top, left + 2u, c4, branch);
    store_column(Line(l0.d, l1.d, l2.d, l3.d, l4.d, l5.d), n, top, left + 3u, c4, branch);
  }
}
