import { describe, expect, it } from 'vitest';
import {
  bfloat16ToFloat32,
  float16ToFloat32,
  float32ToFloat16,
  halfBitsFromFloatBits,
} from '../../src/weights/float16.js';

/** Every finite half from 0 up, then 65536, which stands for infinity when rounding. */
const MAGNITUDES = Array.from({ length: 0x7c00 }, (_, bits) => {
  const exponent = bits >> 10;
  const mantissa = bits & 0x3ff;
  return exponent === 0 ? mantissa * 2 ** -24 : (1 + mantissa / 1024) * 2 ** (exponent - 15);
}).concat(65536);

/** Nearest half by search in the list of all of them; ties to the even pattern. */
function nearestHalf(value: number): number {
  const magnitude = Math.min(Math.abs(value), 65536);
  let low = 0;
  let high = MAGNITUDES.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((MAGNITUDES[middle] ?? 0) <= magnitude) low = middle;
    else high = middle;
  }
  const below = magnitude - (MAGNITUDES[low] ?? 0);
  const above = (MAGNITUDES[high] ?? 0) - magnitude;
  const bits = below < above || (below === above && low % 2 === 0) ? low : high;
  return bits | (value < 0 || Object.is(value, -0) ? 0x8000 : 0);
}

describe('float16', () => {
  it('decodes every half exactly, and encodes it back to the same bits', () => {
    const all = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const values = float16ToFloat32(all);
    for (let bits = 0; bits < 0x7c00; bits++) {
      expect(values[bits]).toBe(MAGNITUDES[bits]);
      expect(values[bits | 0x8000]).toBe(-(MAGNITUDES[bits] ?? 0));
    }
    expect(values[0x7c00]).toBe(Number.POSITIVE_INFINITY);
    expect(values[0xfc00]).toBe(Number.NEGATIVE_INFINITY);
    expect(values[0x7e01]).toBeNaN();
    const back = float32ToFloat16(values);
    // Signalling NaNs come back quiet; everything else is unchanged.
    const expected = all.map((h) => ((h & 0x7c00) === 0x7c00 && (h & 0x3ff) !== 0 ? h | 0x200 : h));
    expect(back).toEqual(expected);
  });

  it('rounds to nearest, ties to even, at and around every midpoint', () => {
    const word = new Uint32Array(1);
    const float = new Float32Array(word.buffer);
    for (let bits = 0; bits < 0x7c00; bits++) {
      float[0] = ((MAGNITUDES[bits] ?? 0) + (MAGNITUDES[bits + 1] ?? 0)) / 2;
      const midpoint = word[0] ?? 0;
      for (const neighbour of [midpoint - 1, midpoint, midpoint + 1]) {
        word[0] = neighbour;
        const value: number = float[0] ?? 0;
        if (halfBitsFromFloatBits(neighbour) !== nearestHalf(value)) {
          expect.fail(`${value}: got ${halfBitsFromFloatBits(neighbour)}, want ${nearestHalf(value)}`);
        }
        const negative = (neighbour | 0x80000000) >>> 0;
        expect(halfBitsFromFloatBits(negative)).toBe(nearestHalf(-value));
      }
    }
  });

  it('overflows to infinity, underflows to zero and keeps NaN', () => {
    const inputs = [
      65519.996,
      65520,
      1e30,
      Number.POSITIVE_INFINITY,
      -65520,
      2 ** -25,
      2 ** -25 * 1.0001,
      1e-45,
      -0,
    ];
    expect([...float32ToFloat16(Float32Array.from(inputs))]).toEqual([
      0x7bff, 0x7c00, 0x7c00, 0x7c00, 0xfc00, 0, 1, 0, 0x8000,
    ]);
    const [nan = 0] = float32ToFloat16(Float32Array.of(Number.NaN));
    expect(nan & 0x7c00).toBe(0x7c00);
    expect(nan & 0x3ff).not.toBe(0);
  });
});

describe('bfloat16', () => {
  it('is the upper half of a float32', () => {
    const patterns = Uint16Array.of(0x3f80, 0xc000, 0x7f80, 0x0001, 0x8000, 0x7fc0);
    const values = bfloat16ToFloat32(patterns);
    expect([...values]).toEqual([1, -2, Number.POSITIVE_INFINITY, 2 ** -133, -0, Number.NaN]);
  });
});
