import type { Point } from '../../../src/zian/coordinates.js';
import { COARSE_COLOR, LANDMARK_COLOR, regionColor } from '../../../src/zian/overlay/marks.js';

const css = ([red, green, blue]: readonly [number, number, number]): string => `rgb(${red} ${green} ${blue})`;

export const MARK_COLORS = {
  landmark: css(LANDMARK_COLOR),
  coarse: css(COARSE_COLOR),
  truth: 'rgb(255 176 46)',
  region: (index: number): string => css(regionColor(index)),
} as const;

const HALO = 'rgb(0 0 0 / 75%)';

/** Strokes a path twice, a dark and wider one below, so that it shows on any picture. */
function stroke(context: CanvasRenderingContext2D, color: string, width: number, path: Path2D): void {
  context.lineCap = 'round';
  context.lineJoin = 'miter';
  context.strokeStyle = HALO;
  context.lineWidth = width + 2;
  context.stroke(path);
  context.strokeStyle = color;
  context.lineWidth = width;
  context.stroke(path);
}

/** A ring with four ticks outward: the spot itself stays untouched. Its size is the viewport's, whatever the zoom. */
export function drawLandmark(context: CanvasRenderingContext2D, { x, y }: Point, unit: number): void {
  const [inner, outer] = [12 * unit, 24 * unit];
  const path = new Path2D();
  path.arc(x, y, inner, 0, 2 * Math.PI);
  for (const [dx, dy] of [
    [1, 0],
    [-1, 0],
    [0, 1],
    [0, -1],
  ] as const) {
    path.moveTo(x + dx * inner, y + dy * inner);
    path.lineTo(x + dx * outer, y + dy * outer);
  }
  stroke(context, MARK_COLORS.landmark, 1.75, path);
}

/** A small diagonal cross, open in the middle. */
export function drawCoarse(context: CanvasRenderingContext2D, { x, y }: Point, unit: number): void {
  const path = new Path2D();
  const [from, to] = [2.5 * unit, 6.5 * unit];
  for (const [dx, dy] of [
    [1, 1],
    [-1, 1],
    [1, -1],
    [-1, -1],
  ] as const) {
    path.moveTo(x + dx * from, y + dy * from);
    path.lineTo(x + dx * to, y + dy * to);
  }
  stroke(context, MARK_COLORS.coarse, 1.75, path);
}

/** A diamond around an example's true place. */
export function drawTruth(context: CanvasRenderingContext2D, { x, y }: Point, unit: number): void {
  const path = new Path2D();
  const size = 8 * unit;
  path.moveTo(x, y - size);
  path.lineTo(x + size, y);
  path.lineTo(x, y + size);
  path.lineTo(x - size, y);
  path.closePath();
  stroke(context, MARK_COLORS.truth, 1.75, path);
}

export function drawRegion(context: CanvasRenderingContext2D, from: Point, to: Point, index: number): void {
  const path = new Path2D();
  path.rect(from.x, from.y, to.x - from.x, to.y - from.y);
  stroke(context, MARK_COLORS.region(index), 1.75, path);
}
