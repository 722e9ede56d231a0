/**
 * Conversions between float32, IEEE half precision and bfloat16, on bit patterns, because the
 * platforms that are supported have no Float16Array. Typed arrays here are little-endian, as
 * every platform with WebGPU is.
 */

/** Half-precision bits of the float32 with these bits: nearest, ties to even; NaN stays NaN. */
export function halfBitsFromFloatBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00 | ((magnitude >>> 13) & 0x3ff);
  // 65520 is halfway between the largest half and the next power of two: from there on, infinity.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude >= 0x38800000) {
    const rebiased = magnitude - 0x38000000;
    return sign | ((rebiased + 0xfff + ((rebiased >>> 13) & 1)) >>> 13);
  }
  // 2^-25 is halfway between zero and the smallest subnormal, and zero is even.
  if (magnitude <= 0x33000000) return sign;
  const shift = 126 - (magnitude >>> 23);
  const significand = (magnitude & 0x7fffff) | 0x800000;
  const kept = significand >>> shift;
  const rest = significand & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return sign | (rest > half || (rest === half && (kept & 1) === 1) ? kept + 1 : kept);
}

/** Half-precision bits of each value: nearest, ties to even; values from ±65520 on become infinite. */
export function float32ToFloat16(values: Float32Array): Uint16Array<ArrayBuffer> {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < bits.length; i++) halves[i] = halfBitsFromFloatBits(bits[i] ?? 0);
  return halves;
}

/** The float32 of each half-precision bit pattern, exactly. */
export function float16ToFloat32(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const values = new Float32Array(halves.length);
  const bits = new Uint32Array(values.buffer);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i] ?? 0;
    const sign = (half & 0x8000) << 16;
    const exponent = half & 0x7c00;
    const mantissa = half & 0x3ff;
    if (exponent === 0) {
      values[i] = mantissa * 2 ** -24;
      bits[i] = (bits[i] ?? 0) | sign;
    } else if (exponent === 0x7c00) {
      bits[i] = sign | 0x7f800000 | (mantissa << 13);
    } else {
      bits[i] = sign | (((half & 0x7fff) << 13) + 0x38000000);
    }
  }
  return values;
}

/** The float32 of each bfloat16 bit pattern, exactly. */
export function bfloat16ToFloat32(patterns: Uint16Array): Float32Array<ArrayBuffer> {
  const values = new Float32Array(patterns.length);
  const bits = new Uint32Array(values.buffer);
  for (let i = 0; i < patterns.length; i++) bits[i] = (patterns[i] ?? 0) << 16;
  return values;
}
