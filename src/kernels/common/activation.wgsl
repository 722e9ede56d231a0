// Expects the constant ACTIVATION: 0 none, 1 ReLU, 2 sigmoid, 3 exact GELU.

// erf by two polynomials, |error| < 2e-7 (checked against float64 in the tests): odd series below 1, and
// 1 - exp(-x^2) P(1 / (1 + x / 2)) above.
fn erf(v: vec4<f32>) -> vec4<f32> {
  let a = abs(v);
  let t = 1.0 / (1.0 + 0.5 * a);
  // Numerical Recipes' erfcc exponent, fractional error below 1.2e-7 everywhere.
  let p = -1.26551223 + t * (1.00002368 + t * (0.37409196 + t * (0.09678418 + t * (-0.18628806
        + t * (0.27886807 + t * (-1.13520398 + t * (1.48851587 + t * (-0.82215223 + t * 0.17087277))))))));
  let tail = 1.0 - t * exp(-a * a + p);
  return select(tail, -tail, v < vec4<f32>(0.0));
}

// Comparisons keep a NaN where max() might lose it.
fn activate(v: vec4<f32>) -> vec4<f32> {
  switch ACTIVATION {
    case 1u: { return select(v, vec4<f32>(0.0), v < vec4<f32>(0.0)); }
    case 2u: { return 1.0 / (1.0 + exp(-v)); }
    case 3u: { return 0.5 * v * (1.0 + erf(v * 0.70710678)); }
    default: { return v; }
  }
}
