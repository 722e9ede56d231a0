const SIDE = 6u;

fn evaluate(a: vec4<f32>, b: vec4<f32>, c: vec4<f32>) -> array<vec4<f32>, SIDE> {
  let even_p = AT_P * (a + P * P * c);
  let odd_p = AT_P * P * b;
  let even_q = AT_Q * (a + Q * Q * c);
  let odd_q = AT_Q * Q * b;
  return array<vec4<f32>, SIDE>(ZERO * a, even_p + odd_p, even_p - odd_p, even_q + odd_q, even_q - odd_q, c);
}
