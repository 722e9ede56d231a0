import { type Bounds, type Canvas, intersect } from './canvas.js';
import { heatColor } from './colormap.js';

/** Row-major values over the rectangle (x0, y0) to (x1, y1), pixel edges of the original image. */
export interface Heatmap {
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** Original pixel edges to canvas: scale, then shift. */
export interface View {
  readonly scale: { readonly x: number; readonly y: number };
  readonly clip: Bounds;
}

/** The largest finite value, or 0 where there is none above it. */
export function heatMaximum(map: Heatmap): number {
  let max = 0;
  for (const value of map.data) if (value > max && value < Number.POSITIVE_INFINITY) max = value;
  return max;
}

/** Linear interpolation between cell centres, borders repeated; NaN where a neighbour is NaN. */
function sample(map: Heatmap, u: number, v: number): number {
  const x = Math.min(map.width - 1, Math.max(0, u * map.width - 0.5));
  const y = Math.min(map.height - 1, Math.max(0, v * map.height - 0.5));
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [right, bottom] = [Math.min(left + 1, map.width - 1), Math.min(top + 1, map.height - 1)];
  const at = (column: number, row: number): number => map.data[row * map.width + column] ?? Number.NaN;
  const [fx, fy] = [x - left, y - top];
  const above = fx === 0 ? at(left, top) : (1 - fx) * at(left, top) + fx * at(right, top);
  if (fy === 0) return above;
  const below = fx === 0 ? at(left, bottom) : (1 - fx) * at(left, bottom) + fx * at(right, bottom);
  return (1 - fy) * above + fy * below;
}

/** Average over a canvas pixel where the map is finer than the canvas, so that no peak falls between samples. */
const MAX_SAMPLES_PER_AXIS = 4;

/** Mixes a heat map in: from invisible at 0 and below to `opacity` at the map's largest value. */
export function blendHeatmap(
  canvas: Canvas,
  view: View,
  map: Heatmap,
  opacity: number,
  excluded?: Heatmap,
): void {
  const max = heatMaximum(map);
  const [mapWidth, mapHeight] = [map.x1 - map.x0, map.y1 - map.y0];
  if (!(max > 0 && mapWidth > 0 && mapHeight > 0)) return;
  const { scale, clip } = view;
  const area = intersect(clip, {
    left: Math.floor(clip.left + map.x0 * scale.x),
    top: Math.floor(clip.top + map.y0 * scale.y),
    right: Math.ceil(clip.left + map.x1 * scale.x),
    bottom: Math.ceil(clip.top + map.y1 * scale.y),
  });
  const samplesOf = (cells: number, pixels: number): number =>
    Math.min(MAX_SAMPLES_PER_AXIS, Math.max(1, Math.ceil(cells / pixels)));
  const nx = samplesOf(map.width, mapWidth * scale.x);
  const ny = samplesOf(map.height, mapHeight * scale.y);
  for (let y = area.top; y < area.bottom; y++) {
    for (let x = area.left; x < area.right; x++) {
      let sum = 0;
      for (let j = 0; j < ny; j++) {
        for (let i = 0; i < nx; i++) {
          const originalX = (x - clip.left + (i + 0.5) / nx) / scale.x;
          const originalY = (y - clip.top + (j + 0.5) / ny) / scale.y;
          const u = (originalX - map.x0) / mapWidth;
          const v = (originalY - map.y0) / mapHeight;
          const inside = u >= 0 && u <= 1 && v >= 0 && v <= 1 && !covers(excluded, originalX, originalY);
          sum += inside ? sample(map, u, v) : 0;
        }
      }
      const value = sum / (nx * ny) / max;
      // Also false for NaN. The power keeps the background's small values from tinting the image.
      if (value > 0) canvas.blend(x, y, heatColor(value), opacity * Math.min(1, value) ** 1.5);
    }
  }
}

const covers = (map: Heatmap | undefined, x: number, y: number): boolean =>
  map !== undefined && x >= map.x0 && x < map.x1 && y >= map.y0 && y < map.y1;
