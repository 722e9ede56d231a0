/**
 * The quantile of ascending values, interpolated linearly between the two nearest (NumPy's default, type 7 of Hyndman
 * and Fan 1996); NaN where there are none.
 * @param share 0 to 1
 */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const a = sorted[below] ?? Number.NaN;
  const b = sorted[Math.min(below + 1, sorted.length - 1)] ?? Number.NaN;
  return a + (b - a) * (position - below);
}

/** The middle of ascending values, or the mean of the two middle ones; NaN where there are none. */
export function median(sorted: ArrayLike<number>): number {
  const below = sorted[(sorted.length - 1) >> 1] ?? Number.NaN;
  return (below + (sorted[sorted.length >> 1] ?? Number.NaN)) / 2;
}
