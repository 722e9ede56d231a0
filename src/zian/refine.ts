import type { Point } from './coordinates.js';

/** How a peak is placed between pixels: through it and its neighbours, a parabola or a Gaussian along each axis. */
export const REFINEMENTS = ['quadratic', 'gaussian'] as const;
export type Refinement = (typeof REFINEMENTS)[number];

/** Values at a heat map's peak and beside it. */
export interface PeakValues {
  readonly at: number;
  readonly left: number;
  readonly right: number;
  readonly above: number;
  readonly below: number;
}

/**
 * Where the curve through three values one pixel apart is highest, in pixels from the middle one, which is not the smallest:
 * -½ to ½. A Gaussian is a parabola through the logarithms; where a value is not positive the parabola is taken.
 */
function vertex(before: number, at: number, after: number, how: Refinement): number {
  const gaussian = how === 'gaussian' && Math.min(before, at, after) > 0;
  const [a, b, c] = gaussian ? [Math.log(before), Math.log(at), Math.log(after)] : [before, at, after];
  const curvature = a - 2 * b + c;
  return curvature < 0 ? (a - c) / (2 * curvature) : 0;
}

/**
 * How far the top of a heat map lies beside its peak, in its pixels. At the border there is no shift across it.
 * @param size of the map
 */
export function peakShift(
  peak: Point,
  { at, left, right, above, below }: PeakValues,
  size: { readonly width: number; readonly height: number },
  how: Refinement,
): Point {
  const inside = (i: number, length: number): boolean => i > 0 && i < length - 1;
  return {
    x: inside(peak.x, size.width) ? vertex(left, at, right, how) : 0,
    y: inside(peak.y, size.height) ? vertex(above, at, below, how) : 0,
  };
}
