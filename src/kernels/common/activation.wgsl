// Expects the constant ACTIVATION: 0 none, 1 ReLU, 2 sigmoid, 3 exact GELU.

// erfc(|v| / sqrt(2)) as exp(-v^2 / 2) r P(s). P is fitted by scripts/fit-erfc.py to a relative error of 6e-8; in f32
// the result is within 2.5e-7 of the truth, and within 5e-6 of its own size down to the smallest normal f32.
fn erfc_magnitude(v: vec4<f32>) -> vec4<f32> {
  let x = 0.3125 * abs(v);
  let r = 1.0 / (1.0 + x);
  let s = x * r;
  let p = 1.0 + s * (-1.5532285 + s * (1.01345932 + s * (-0.0135326777 + s * (-0.254896581 + s * (0.0110373665
        + s * (-0.0381372049 + s * (0.203406572 + s * (-0.155740812 + s * 0.0369592756))))))));
  let exponent = -0.5 * v * v;
  // Some adapters' exp() ends at 2^-127 instead of zero.
  return select(exp(exponent) * r * p, vec4<f32>(0.0), exponent < vec4<f32>(-87.3));
}

// x Phi(x) = max(x, 0) - |x| / 2 erfc(|x| / sqrt(2)): no cancellation for negative x, as 1 + erf would have. It is within
// 1.5e-7 of the truth, above 0 within that and half a unit in the last place of the result. Beyond 6 the second term is
// smaller than that; left out, infinity stays infinity (and -infinity gives NaN, as PyTorch's formula does).
fn gelu(v: vec4<f32>) -> vec4<f32> {
  let positive = select(v, vec4<f32>(0.0), v < vec4<f32>(0.0));
  return select(positive - 0.5 * abs(v) * erfc_magnitude(v), v, v > vec4<f32>(6.0));
}

// Some adapters' exp() makes a number of NaN, so NaN is told by its bits.
fn sigmoid(v: vec4<f32>) -> vec4<f32> {
  let not_a_number = (bitcast<vec4<u32>>(v) & vec4<u32>(0x7fffffffu)) > vec4<u32>(0x7f800000u);
  return select(1.0 / (1.0 + exp(-v)), v, not_a_number);
}

// Comparisons keep a NaN where max() might lose it.
fn activate(v: vec4<f32>) -> vec4<f32> {
  switch ACTIVATION {
    case 1u: { return select(v, vec4<f32>(0.0), v < vec4<f32>(0.0)); }
    case 2u: { return sigmoid(v); }
    case 3u: { return gelu(v); }
    default: { return v; }
  }
}
