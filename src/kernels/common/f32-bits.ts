/** The bits of a number rounded to f32, as a u32: how a float becomes a parameter, which the shader reads by `bitcast`. */
export const f32Bits = (value: number): number =>
  new DataView(Float32Array.of(value).buffer).getUint32(0, true);
