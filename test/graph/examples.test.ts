import { describe, expect, it } from 'vitest';
import { runCnn } from '../../examples/cnn.js';
import { runSwish } from '../../examples/own-kernel.js';
import { testDevice } from '../support/device.js';

describe('the examples of the graph engine', () => {
  it('a network of one’s own runs, fused, and is timed by layer', async () => {
    const device = await testDevice();
    const image = Float32Array.from({ length: 3 * 64 * 64 }, (_, i) => Math.cos(i * 78.233));
    const { probabilities, timings, dispatchCount } = await runCnn(device, image);
    expect(probabilities).toHaveLength(2 * 64 * 64);
    expect(new Set(probabilities).size).toBeGreaterThan(1000);
    expect(probabilities?.every((p) => p > 0 && p < 1)).toBe(true);
    expect(device.has('timestamp-query')).toBe(true);
    expect(timings).toHaveLength(dispatchCount);
    for (const layer of ['stem', 'down', 'head'])
      expect(timings.some(({ label, nanoseconds }) => label.startsWith(layer) && nanoseconds >= 0)).toBe(
        true,
      );
    // Six layers: each ReLU is part of its convolution.
    expect(dispatchCount).toBeLessThan(6);
    const other = await runCnn(
      device,
      image.map((value) => -value),
    );
    expect(other.probabilities).not.toEqual(probabilities);
  });

  it('a kernel of one’s own computes what it says', async () => {
    const values = Float32Array.from({ length: 6 * 5 * 7 }, (_, i) => (i - 100) / 20);
    const y = await runSwish(await testDevice(), values, 1.5);
    expect(y).toHaveLength(values.length);
    values.forEach((x, i) => {
      expect(y?.[i]).toBeCloseTo(x / (1 + Math.exp(-1.5 * x)), 5);
    });
  });
});
