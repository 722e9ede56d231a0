import type { WriteFilter } from './packing.js';

/**
 * Winograd's minimal filtering F(m, 3) after Toom and Cook (Lavin and Gray 2016; Barabasz et al. 2020): the n = m + 2
 * evaluations of a filter's polynomial, at finite points and at infinity. The input's and the output's transforms are
 * WGSL (winograd_2.wgsl, winograd_4.wgsl); this is the filter's, which is done once, when weights are packed.
 */

/** Finite points of F(4, 3) besides 0: ± P, ± Q. P · Q = 1 keeps all transforms' entries near 1, and with them the error. */
export const POINTS_4 = { p: Math.SQRT2, q: Math.SQRT1_2 } as const;

/** The product of a point's distances to the others, inverted: what its evaluation is multiplied with. */
const weightOf = (point: number, others: readonly number[]): number =>
  1 / others.reduce((product, other) => product * (point - other), 1);

/** Writes a polynomial's (a + b x + c x²) evaluations at all points, the last at infinity, to every `stride`-th place. */
type Evaluate = (a: number, b: number, c: number, to: Float64Array, at: number, stride: number) => void;

/** Weights of F(2, 3)'s points 0 and ± 1. */
export const WEIGHTS_2 = { zero: weightOf(0, [1, -1]), one: weightOf(1, [0, -1]) } as const;

/** Weights of F(4, 3)'s points 0, ± P and ± Q: a point and its opposite have the same, an even number of factors. */
export const WEIGHTS_4 = {
  zero: weightOf(0, [POINTS_4.p, -POINTS_4.p, POINTS_4.q, -POINTS_4.q]),
  atP: weightOf(POINTS_4.p, [0, -POINTS_4.p, POINTS_4.q, -POINTS_4.q]),
  atQ: weightOf(POINTS_4.q, [0, POINTS_4.p, -POINTS_4.p, -POINTS_4.q]),
} as const;

// Written out, with what a pair of points shares computed once: a model has millions of filters.
const evaluate2 = (): Evaluate => {
  const { zero, one } = WEIGHTS_2;
  return (a, b, c, to, at, stride) => {
    to[at] = zero * a;
    to[at + stride] = one * (a + c + b);
    to[at + 2 * stride] = one * (a + c - b);
    to[at + 3 * stride] = c;
  };
};

const evaluate4 = (): Evaluate => {
  const { p, q } = POINTS_4;
  const { zero, atP, atQ } = WEIGHTS_4;
  return (a, b, c, to, at, stride) => {
    const evenP = atP * (a + p * p * c);
    const oddP = atP * p * b;
    const evenQ = atQ * (a + q * q * c);
    const oddQ = atQ * q * b;
    to[at] = zero * a;
    to[at + stride] = evenP + oddP;
    to[at + 2 * stride] = evenP - oddP;
    to[at + 3 * stride] = evenQ + oddQ;
    to[at + 4 * stride] = evenQ - oddQ;
    to[at + 5 * stride] = c;
  };
};

const EVALUATE = { 2: evaluate2(), 4: evaluate4() } as const;

/** Side of the output tiles: 2 or 4. */
export type TileSize = keyof typeof EVALUATE;

/** Transforms a 3×3 filter to its (m + 2)² points, row by row, in float64 and rounded once. */
export function filterTransform(tile: TileSize): WriteFilter {
  const evaluate = EVALUATE[tile];
  const side = tile + 2;
  const columns = new Float64Array(3 * side);
  const points = new Float64Array(side * side);
  return (source, from, factor, out, to, stride) => {
    for (let column = 0; column < 3; column++) {
      const a = factor * (source[from + column] ?? 0);
      const b = factor * (source[from + column + 3] ?? 0);
      const c = factor * (source[from + column + 6] ?? 0);
      evaluate(a, b, c, columns, column, 3);
    }
    for (let row = 0; row < side; row++)
      evaluate(
        columns[3 * row] ?? 0,
        columns[3 * row + 1] ?? 0,
        columns[3 * row + 2] ?? 0,
        points,
        side * row,
        1,
      );
    for (let point = 0; point < side * side; point++) out[to + point * stride] = points[point] ?? 0;
  };
}
