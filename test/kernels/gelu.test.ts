import { describe, expect, it } from 'vitest';
import { activation } from '../../src/kernels/activation/activation.js';
import { activate, erfc } from '../../src/kernels/common/activation.js';
import { testDevice } from '../support/device.js';
import { runKernel } from '../support/kernel-runner.js';

const device = await testDevice();

/** GELU as this device computes it in f32. */
async function gelu(x: Float32Array): Promise<Float64Array> {
  const tensor = { shape: [x.length], data: Float64Array.from(x), dtype: 'f32' } as const;
  const { y } = await runKernel(device.gpu, activation, { x: tensor }, { activation: 'gelu' });
  if (!y) throw new Error('no output y');
  return y.data;
}

/** PyTorch's formula, 0.5 x (1 + erf(x / √2)), rounded to float32 after every step. */
function inSteps(x: number): number {
  const f = Math.fround;
  const erf = f(1 - erfc(f(x * f(Math.SQRT1_2))));
  return f(f(0.5 * x) * f(1 + erf));
}

/** Every 2^-12 from -16 to 16, and every 2^-18 around 0. */
function grid(): Float32Array {
  const wide = Array.from({ length: 131073 }, (_, i) => (i - 65536) / 4096);
  const near = Array.from({ length: 8193 }, (_, i) => (i - 4096) / 262144);
  return Float32Array.from([...wide, ...near]);
}

const largest = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), 0);

describe('GELU on the device', async () => {
  const x = grid();
  const got = await gelu(x);
  const points = Array.from(x, (at, i) => {
    const want = activate(at, 'gelu');
    return {
      x: at,
      want,
      error: Math.abs((got[i] ?? Number.NaN) - want),
      theirs: Math.abs(inSteps(at) - want),
    };
  });
  const negative = points.filter((p) => p.x <= 0);
  const positive = points.filter((p) => p.x > 0);

  it('is within 1.5e-7 for negative x', () => {
    expect(largest(negative.map((p) => p.error))).toBeLessThan(1.5e-7);
  });

  it('has a small relative error for negative x, as far as the result is a normal float32', () => {
    // exp has 3 + 2|d| units in the last place, and d = x²/2 is rounded itself: 4|d| · 2^-24 at most, |d| ≤ 80.
    const relative = negative.filter((p) => p.x < 0 && p.x > -12.6).map((p) => p.error / -p.want);
    expect(largest(relative)).toBeLessThan(2.5e-5);
    expect(largest(negative.filter((p) => p.x <= -12.6).map((p) => p.error))).toBeLessThan(1e-33);
  });

  it('is within a rounding of the result and 1.5e-7 for positive x', () => {
    expect(largest(positive.map((p) => p.error - p.x * 2 ** -23))).toBeLessThan(1.5e-7);
  });

  it('is nowhere worse than PyTorch’s formula in float32 by more than a rounding', () => {
    for (let low = -16; low < 16; low++) {
      const band = points.filter((p) => p.x >= low && p.x < low + 1);
      const slack = 2 ** -24 * Math.max(1, Math.abs(low));
      const [ours, theirs] = [largest(band.map((p) => p.error)), largest(band.map((p) => p.theirs))];
      expect(ours, `${low} to ${low + 1}: PyTorch's formula has ${theirs}`).toBeLessThan(theirs + slack);
    }
  });

  it('keeps NaN and infinity, and makes NaN of -∞ as PyTorch does', async () => {
    const special = Float32Array.of(Number.NaN, Infinity, -Infinity, 3.4e38, -3.4e38, 0, 1e-30);
    const values = await gelu(special);
    expect([...values.subarray(0, 4)]).toEqual([Number.NaN, Infinity, Number.NaN, Math.fround(3.4e38)]);
    expect(Math.abs(values[4] ?? 1)).toBe(0);
    expect(values[5]).toBe(0);
    expect(values[6]).toBeCloseTo(5e-31, 36);
  });
});

describe('erfc in float64', () => {
  /** From the C library, by Python's math.erfc. */
  const known: readonly [number, number][] = [
    [-30, 2.0],
    [-3, 1.9999779095030015],
    [-2, 1.9953222650189528],
    [-1, 1.842700792949715],
    [-0.25, 1.276326390168237],
    [0, 1.0],
    [0.001, 0.9988716212090307],
    [0.5, 0.4795001221869535],
    [1.5, 0.033894853524689274],
    [1.999, 0.004698443348629488],
    [2, 0.004677734981047265],
    [2.001, 0.00465710928147535],
    [3, 2.2090496998585438e-5],
    [5, 1.5374597944280351e-12],
    [10, 2.088487583762545e-45],
    [20, 5.3958656116079005e-176],
    [26, 5.663192408856143e-296],
  ];
  for (const [x, value] of known)
    it(`erfc(${x})`, () => expect(Math.abs(erfc(x) - value)).toBeLessThanOrEqual(5e-12 * value));
});
