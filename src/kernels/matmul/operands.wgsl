// Loads for matrix products. K = A_C is the inner size; a vec4 of b is `B_C4`-wise along the columns, or along K where
// TRANSPOSE_B.

// Columns 4 p4 to 4 p4 + 3 of b for inner indices 4 k4 to 4 k4 + 3: column j of the result belongs to inner index 4 k4 + j.
fn b_block(batch: u32, k4: u32, p4: u32) -> mat4x4<f32> {
  if (TRANSPOSE_B) {
    let last = B_W - 1u;
    let columns = B_OFFSET + batch * B_W * B_STRIDE + k4;
    return transpose(mat4x4<f32>(
      vec4<f32>(b[columns + min(4u * p4, last) * B_STRIDE]),
      vec4<f32>(b[columns + min(4u * p4 + 1u, last) * B_STRIDE]),
      vec4<f32>(b[columns + min(4u * p4 + 2u, last) * B_STRIDE]),
      vec4<f32>(b[columns + min(4u * p4 + 3u, last) * B_STRIDE]),
    ));
  }
  return mat4x4<f32>(
    b_row(batch, 4u * k4, p4),
    b_row(batch, 4u * k4 + 1u, p4),
    b_row(batch, 4u * k4 + 2u, p4),
    b_row(batch, 4u * k4 + 3u, p4),
  );
}

// Rows beyond K are zero: what follows in the buffer may be NaN, and 0 · NaN is NaN.
fn b_row(batch: u32, k: u32, p4: u32) -> vec4<f32> {
  if (A_C % 4u != 0u && k >= A_C) { return vec4<f32>(0.0); }
  return vec4<f32>(b[B_OFFSET + (batch * B_W + k) * B_STRIDE + min(p4, B_C4 - 1u)]);
}
