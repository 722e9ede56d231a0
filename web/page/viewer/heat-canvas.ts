import type { Rectangle } from '../../../src/zian/coordinates.js';
import { heatColor } from '../../../src/zian/overlay/colormap.js';
import type { Heatmap } from '../../../src/zian/overlay.js';

function maximum(values: Float32Array): number {
  let max = 0;
  for (const value of values) if (value > max && value < Number.POSITIVE_INFINITY) max = value;
  return max;
}

const made = new WeakMap<Heatmap, HTMLCanvasElement>();

/**
 * A heat map as a picture of its own size: from transparent at 0 and below to opaque at its largest value, in the
 * colours of the overlay. The power keeps the background's small values from tinting the image.
 */
export function heatCanvas(map: Heatmap): HTMLCanvasElement {
  const known = made.get(map);
  if (known) return known;
  const canvas = document.createElement('canvas');
  canvas.width = map.width;
  canvas.height = map.height;
  const pixels = new ImageData(map.width, map.height);
  const max = maximum(map.data);
  for (const [i, value] of map.data.entries()) {
    const share = max > 0 ? value / max : 0;
    // Also false for NaN.
    if (!(share > 0)) continue;
    pixels.data.set([...heatColor(share), 255 * Math.min(1, share) ** 1.5], 4 * i);
  }
  canvas.getContext('2d')?.putImageData(pixels, 0, 0);
  made.set(map, canvas);
  return canvas;
}

/**
 * Where a heat map lies, from pixel edge to pixel edge of the image. A landmark is its cell's index, scaled, and taken
 * as a pixel position: so the cell's middle belongs there, which is not where `Heatmap` has it as an area.
 */
export function heatArea({ x0, y0, x1, y1, width, height }: Heatmap): Rectangle {
  const dx = 0.5 - (x1 - x0) / width / 2;
  const dy = 0.5 - (y1 - y0) / height / 2;
  return { x0: x0 + dx, y0: y0 + dy, x1: x1 + dx, y1: y1 + dy };
}

/** A heat map's value at a pixel position of the image; undefined outside it. */
export function heatAt(map: Heatmap, x: number, y: number): number | undefined {
  const { x0, y0, x1, y1 } = heatArea(map);
  const column = Math.floor(((x + 0.5 - x0) / (x1 - x0)) * map.width);
  const row = Math.floor(((y + 0.5 - y0) / (y1 - y0)) * map.height);
  const inside = column >= 0 && row >= 0 && column < map.width && row < map.height;
  return inside ? map.data[row * map.width + column] : undefined;
}
