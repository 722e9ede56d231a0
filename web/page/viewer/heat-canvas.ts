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

/** A heat map's value at a pixel position of the image; undefined outside it. */
export function heatAt(map: Heatmap, x: number, y: number): number | undefined {
  const column = Math.floor(((x + 0.5 - map.x0) / (map.x1 - map.x0)) * map.width);
  const row = Math.floor(((y + 0.5 - map.y0) / (map.y1 - map.y0)) * map.height);
  const inside = column >= 0 && row >= 0 && column < map.width && row < map.height;
  return inside ? map.data[row * map.width + column] : undefined;
}
