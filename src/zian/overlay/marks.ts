import type { Point, Rectangle } from '../coordinates.js';
import type { Bounds, Canvas, Color } from './canvas.js';
import { circle, type Pen, rectangle, segment, stroke, union } from './shapes.js';

export const LANDMARK_COLOR: Color = [255, 255, 255];
export const COARSE_COLOR: Color = [255, 120, 235];

/** Told apart by hue and by lightness; orange and red are left out, for they vanish on a fundus. */
const REGION_COLORS: readonly Color[] = [
  [70, 205, 255],
  [255, 214, 64],
  [150, 255, 150],
];

export const regionColor = (index: number): Color =>
  REGION_COLORS[index % REGION_COLORS.length] ?? LANDMARK_COLOR;

const pen = (color: Color, width: number): Pen => ({ color, width, halo: 1.25 });

/**
 * A ring with four ticks outward: nothing is painted within `radius`, so the spot itself stays visible.
 * Positions in canvas pixels.
 */
export function drawLandmark(canvas: Canvas, clip: Bounds, { x, y }: Point, radius: number): void {
  const [from, to] = [radius, 2 * radius];
  const shape = union(
    circle(x, y, radius),
    segment(x - to, y, x - from, y),
    segment(x + from, y, x + to, y),
    segment(x, y - to, x, y - from),
    segment(x, y + from, x, y + to),
  );
  stroke(canvas, clip, shape, pen(LANDMARK_COLOR, Math.max(1.5, radius / 11)));
}

/** A small diagonal cross, open in the middle: it often lies within the landmark's ring. */
export function drawCoarse(canvas: Canvas, clip: Bounds, { x, y }: Point, size: number): void {
  const gap = 0.4 * size;
  const arm = (dx: number, dy: number) => segment(x + dx * gap, y + dy * gap, x + dx * size, y + dy * size);
  const shape = union(arm(-1, -1), arm(1, -1), arm(-1, 1), arm(1, 1));
  stroke(canvas, clip, shape, { ...pen(COARSE_COLOR, 1.5), halo: 1 });
}

export function drawRegion(canvas: Canvas, clip: Bounds, { x0, y0, x1, y1 }: Rectangle, color: Color): void {
  stroke(canvas, clip, rectangle(x0, y0, x1, y1), pen(color, 2));
}

/** An arrowhead on the border that points to a landmark outside the picture. */
export function drawOutside(canvas: Canvas, clip: Bounds, { x, y }: Point, size: number): void {
  const tip = {
    x: Math.min(clip.right - 2, Math.max(clip.left + 1, x)),
    y: Math.min(clip.bottom - 2, Math.max(clip.top + 1, y)),
  };
  const length = Math.hypot(x - tip.x, y - tip.y) || 1;
  const [dx, dy] = [(x - tip.x) / length, (y - tip.y) / length];
  const back = { x: tip.x - size * dx, y: tip.y - size * dy };
  const shape = union(
    segment(tip.x, tip.y, back.x - (size / 2) * dy, back.y + (size / 2) * dx),
    segment(tip.x, tip.y, back.x + (size / 2) * dy, back.y - (size / 2) * dx),
    segment(tip.x, tip.y, tip.x - 2 * size * dx, tip.y - 2 * size * dy),
  );
  stroke(canvas, clip, shape, pen(LANDMARK_COLOR, 2));
}
