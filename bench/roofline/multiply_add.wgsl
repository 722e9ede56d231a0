// As many multiply-adds as the adapter can do: independent sums, all in registers. FORM tells how they are written, since
// compilers differ in what they make of it, and FEW that there are two per thread and not eight: a software adapter runs
// its threads in lanes, and has registers for few.
@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<f32>>;

fn step(a: vec4<f32>, b: vec4<f32>, c: vec4<f32>) -> vec4<f32> {
  if (FORM == 0u) { return a * b + c; }
  return fma(a, b, c);
}

fn by_vectors(start: vec4<f32>, b: vec4<f32>, c: vec4<f32>) -> vec4<f32> {
  var a0 = start;
  var a1 = start + 1.0;
  var a2 = start + 2.0;
  var a3 = start + 3.0;
  var a4 = start + 4.0;
  var a5 = start + 5.0;
  var a6 = start + 6.0;
  var a7 = start + 7.0;
  for (var i = 0u; i < p.steps; i++) {
    a0 = step(a0, b, c);
    a1 = step(a1, b, c);
    a2 = step(a2, b, c);
    a3 = step(a3, b, c);
    a4 = step(a4, b, c);
    a5 = step(a5, b, c);
    a6 = step(a6, b, c);
    a7 = step(a7, b, c);
  }
  return a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7;
}

// As many steps of two sums as `by_vectors` does of eight.
fn by_few_vectors(start: vec4<f32>, b: vec4<f32>, c: vec4<f32>) -> vec4<f32> {
  var a0 = start;
  var a1 = start + 1.0;
  for (var i = 0u; i < p.steps; i++) {
    a0 = step(a0, b, c);
    a1 = step(a1, b, c);
    a0 = step(a0, b, c);
    a1 = step(a1, b, c);
    a0 = step(a0, b, c);
    a1 = step(a1, b, c);
    a0 = step(a0, b, c);
    a1 = step(a1, b, c);
  }
  return 4.0 * (a0 + a1);
}

// 64 multiply-adds per product: two in place of sixteen steps of a vec4. Columns are replaced by their means, which they
// are from the start; what is taken off makes the result that of the other forms.
fn by_matrices(start: vec4<f32>, b: vec4<f32>, c: vec4<f32>) -> vec4<f32> {
  let left = 0.5 * mat4x4<f32>(b, c, b, c);
  var m0 = mat4x4<f32>(start, start + 1.0, start + 2.0, start + 3.0);
  var m1 = mat4x4<f32>(start + 4.0, start + 5.0, start + 6.0, start + 7.0);
  for (var i = 0u; i < p.steps / 4u; i++) {
    m0 = left * m0;
    m1 = left * m1;
  }
  return m0[0] + m0[1] + m0[2] + m0[3] + m1[0] + m1[1] + m1[2] + m1[3] - 8.0 * start - 20.0;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let start = vec4<f32>(f32(id.x % 7u));
  let b = x[p.x_offset];
  let c = x[p.x_offset + 1u];
  if (FORM == 2u) {
    y[p.y_offset + id.x] = by_matrices(start, b, c);
  } else if (FEW) {
    y[p.y_offset + id.x] = by_few_vectors(start, b, c);
  } else {
    y[p.y_offset + id.x] = by_vectors(start, b, c);
  }
}
