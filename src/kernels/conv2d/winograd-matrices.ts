/**
 * Winograd's minimal filtering F(m, 3) after Toom and Cook (Lavin and Gray 2016; Barabasz et al. 2020): the n = m + 2
 * evaluations of a filter's polynomial, at finite points and at infinity. The input's and the output's transforms are
 * WGSL (winograd_2.wgsl, winograd_4.wgsl); this is the filter's, which is done once, when weights are packed.
 */

/** Finite points of F(4, 3) besides 0: ± P, ± Q. P · Q = 1 keeps all transforms' entries near 1, and with them the error. */
export const POINTS_4 = { p: Math.SQRT2, q: Math.SQRT1_2 } as const;

/** Rows (n of them) by 3 columns: a row is the point's powers over the product of its distances to the others. */
function filterMatrix(points: readonly number[]): Float64Array {
  const finite = points.map((point) => {
    const distance = points.reduce(
      (product, other) => (other === point ? product : product * (point - other)),
      1,
    );
    return [1 / distance, point / distance, point ** 2 / distance];
  });
  return Float64Array.from([...finite, [0, 0, 1]].flat());
}

const MATRICES = {
  2: filterMatrix([0, 1, -1]),
  4: filterMatrix([0, POINTS_4.p, -POINTS_4.p, POINTS_4.q, -POINTS_4.q]),
} as const;

/** Side of the output tiles: 2 or 4. */
export type TileSize = keyof typeof MATRICES;

/**
 * Transforms 3×3 filters, in float64 and rounded once.
 * @param filters [count, 3, 3]
 * @returns [count, m + 2, m + 2]
 */
export function transformFilters(filters: Float32Array, tile: TileSize): Float32Array {
  const matrix = MATRICES[tile];
  const side = tile + 2;
  const count = filters.length / 9;
  const out = new Float32Array(count * side * side);
  // Plain indices and no small arrays: a model has millions of filters.
  const times = (row: number, a: number, b: number, c: number): number =>
    (matrix[3 * row] ?? 0) * a + (matrix[3 * row + 1] ?? 0) * b + (matrix[3 * row + 2] ?? 0) * c;
  let to = 0;
  for (let at = 0; at < 9 * count; at += 9) {
    for (let i = 0; i < side; i++) {
      const left = times(i, filters[at] ?? 0, filters[at + 3] ?? 0, filters[at + 6] ?? 0);
      const middle = times(i, filters[at + 1] ?? 0, filters[at + 4] ?? 0, filters[at + 7] ?? 0);
      const right = times(i, filters[at + 2] ?? 0, filters[at + 5] ?? 0, filters[at + 8] ?? 0);
      for (let j = 0; j < side; j++) out[to++] = times(j, left, middle, right);
    }
  }
  return out;
}
