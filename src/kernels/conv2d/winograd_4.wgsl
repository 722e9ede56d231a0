// One-dimensional transforms of F(4, 3), the points 0, P, -P, Q, -Q and infinity: see winograd-matrices.ts.
struct Line { a: vec4<f32>, b: vec4<f32>, c: vec4<f32>, d: vec4<f32>, e: vec4<f32>, f: vec4<f32> }

const PP: f32 = P * P;
const QQ: f32 = Q * Q;

fn transform_input(v: Line) -> Line {
  let p_even = v.e - QQ * v.c;
  let p_odd = P * (v.d - QQ * v.b);
  let q_even = v.e - PP * v.c;
  let q_odd = Q * (v.d - PP * v.b);
  return Line(
    v.e - (PP + QQ) * v.c + (PP * QQ) * v.a,
    p_even + p_odd,
    p_even - p_odd,
    q_even + q_odd,
    q_even - q_odd,
    v.f - (PP + QQ) * v.d + (PP * QQ) * v.b);
}

fn transform_output(v: Line) -> Line {
  let p_even = v.b + v.c;
  let p_odd = P * (v.b - v.c);
  let q_even = v.d + v.e;
  let q_odd = Q * (v.d - v.e);
  return Line(
    v.a + p_even + q_even,
    p_odd + q_odd,
    PP * p_even + QQ * q_even,
    PP * p_odd + QQ * q_odd + v.f,
    v.e, v.f);
}
