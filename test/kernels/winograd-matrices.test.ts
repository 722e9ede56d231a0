import { describe, expect, it } from 'vitest';
import { filterTransform, POINTS_4 } from '../../src/kernels/conv2d/winograd-matrices.js';

/** The value of a filter's polynomial in two variables at a pair of points. */
const polynomial = (filter: readonly number[], u: number, v: number): number =>
  filter.reduce((sum, value, i) => sum + value * u ** Math.floor(i / 3) * v ** (i % 3), 0);

describe('filterTransform', () => {
  const filters = Float32Array.from({ length: 18 }, (_, i) => Math.sin(3 * i + 1));
  it.each([
    [2, [0, 1, -1]],
    [4, [0, POINTS_4.p, -POINTS_4.p, POINTS_4.q, -POINTS_4.q]],
  ] as const)('evaluates filters at the points of F(%i, 3), divided by their distances', (tile, points) => {
    const side = tile + 2;
    const got = new Float32Array(2 * side * side);
    for (const k of [0, 1]) filterTransform(tile)(filters, 9 * k, 1, got, k * side * side, 1);
    const distance = (p: number): number =>
      points.reduce((product, other) => (other === p ? product : product * (p - other)), 1);
    for (const k of [0, 1]) {
      const filter = [...filters.subarray(9 * k, 9 * k + 9)];
      for (const [i, u] of points.entries()) {
        for (const [j, v] of points.entries()) {
          const want = polynomial(filter, u, v) / distance(u) / distance(v);
          expect(got[(k * side + i) * side + j]).toBeCloseTo(want, 6);
        }
        // At infinity the highest coefficient is left.
        const last = polynomial([filter[2] ?? 0, 0, 0, filter[5] ?? 0, 0, 0, filter[8] ?? 0, 0, 0], u, 0);
        expect(got[(k * side + i) * side + side - 1]).toBeCloseTo(last / distance(u), 6);
      }
      expect(got[(k * side + side) * side - 1]).toBe(filter[8]);
    }
  });
});
