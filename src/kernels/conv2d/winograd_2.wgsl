// One-dimensional transforms of F(2, 3), the points 0, 1, -1 and infinity: see winograd-matrices.ts. Of a line of
// values only the first four are used.
struct Line { a: vec4<f32>, b: vec4<f32>, c: vec4<f32>, d: vec4<f32>, e: vec4<f32>, f: vec4<f32> }

fn transform_input(v: Line) -> Line {
  return Line(v.c - v.a, v.c + v.b, v.c - v.b, v.d - v.b, v.e, v.f);
}

fn transform_output(v: Line) -> Line {
  return Line(v.a + v.b + v.c, v.b - v.c + v.d, v.c, v.d, v.e, v.f);
}
