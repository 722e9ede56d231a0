import { type Bounds, type Canvas, type Color, intersect } from './canvas.js';

/** A line drawing: how far a point is from its nearest line, and which pixels it can touch. */
export interface Shape {
  readonly distance: (x: number, y: number) => number;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface Pen {
  readonly color: Color;
  /** Pixels. */
  readonly width: number;
  /** Width of the dark rim on each side, pixels. */
  readonly halo: number;
}

const HALO_COLOR: Color = [0, 0, 0];
const HALO_OPACITY = 0.6;

export function segment(x0: number, y0: number, x1: number, y1: number): Shape {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const squared = dx * dx + dy * dy;
  return {
    distance: (x, y) => {
      const along = squared === 0 ? 0 : Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / squared));
      return Math.hypot(x - x0 - along * dx, y - y0 - along * dy);
    },
    left: Math.min(x0, x1),
    top: Math.min(y0, y1),
    right: Math.max(x0, x1),
    bottom: Math.max(y0, y1),
  };
}

export const circle = (x0: number, y0: number, radius: number): Shape => ({
  distance: (x, y) => Math.abs(Math.hypot(x - x0, y - y0) - radius),
  left: x0 - radius,
  top: y0 - radius,
  right: x0 + radius,
  bottom: y0 + radius,
});

/** Several shapes as one, so that their crossings are not painted twice. */
export const union = (...shapes: readonly Shape[]): Shape => ({
  distance: (x, y) => Math.min(...shapes.map((shape) => shape.distance(x, y))),
  left: Math.min(...shapes.map((shape) => shape.left)),
  top: Math.min(...shapes.map((shape) => shape.top)),
  right: Math.max(...shapes.map((shape) => shape.right)),
  bottom: Math.max(...shapes.map((shape) => shape.bottom)),
});

/** The outline of a rectangle. */
export const rectangle = (left: number, top: number, right: number, bottom: number): Shape => ({
  distance: (x, y) => {
    const outsideX = Math.max(left - x, x - right);
    const outsideY = Math.max(top - y, y - bottom);
    return outsideX <= 0 && outsideY <= 0
      ? Math.min(-outsideX, -outsideY)
      : Math.hypot(Math.max(outsideX, 0), Math.max(outsideY, 0));
  },
  left,
  top,
  right,
  bottom,
});

const coverage = (reach: number, distance: number): number =>
  Math.min(1, Math.max(0, reach + 0.5 - distance));

/** Draws a shape, anti-aliased, over a dark rim that keeps it visible on any background. */
export function stroke(canvas: Canvas, clip: Bounds, shape: Shape, pen: Pen): void {
  const inner = pen.width / 2;
  const outer = inner + pen.halo;
  const area = intersect(clip, {
    left: Math.floor(shape.left - outer - 1),
    top: Math.floor(shape.top - outer - 1),
    right: Math.ceil(shape.right + outer + 2),
    bottom: Math.ceil(shape.bottom + outer + 2),
  });
  for (let y = area.top; y < area.bottom; y++) {
    for (let x = area.left; x < area.right; x++) {
      const distance = shape.distance(x, y);
      if (distance >= outer + 0.5) continue;
      canvas.blend(x, y, HALO_COLOR, HALO_OPACITY * coverage(outer, distance));
      canvas.blend(x, y, pen.color, coverage(inner, distance));
    }
  }
}
