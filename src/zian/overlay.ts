import type { Point, Rectangle } from './coordinates.js';
import type { RgbaImage } from './image.js';
import { type Bounds, Canvas } from './overlay/canvas.js';
import { blendHeatmap, type Heatmap, heatMaximum } from './overlay/heat.js';
import { drawCoarse, drawLandmark, drawOutside, drawRegion, regionColor } from './overlay/marks.js';
import { scaleForDisplay } from './overlay/scale.js';
import { type LegendEntry, makeStrip, STRIP_BACKGROUND } from './overlay/strip.js';

export type { Heatmap } from './overlay/heat.js';

/** What is shown on an image. Points are pixel positions of the original image: (0, 0) is the centre of its first pixel. */
export interface OverlayResult {
  readonly landmark: Point;
  readonly coarse: Point;
  /** From pixel edge to pixel edge of the original image; may reach beyond it. */
  readonly rois: readonly (Rectangle & { readonly label?: string })[];
  readonly heatmap?: Heatmap;
  /** Shown where `heatmap` does not lie. */
  readonly coarseHeatmap?: Heatmap;
}

export interface OverlayOptions {
  /** Largest side of the shown image, without the strip; 1200 unless given. */
  readonly maxSize?: number;
  /** Lines of text for the strip below the image. */
  readonly caption?: readonly string[];
}

const DEFAULT_MAX_SIZE = 1200;

/** Smaller images are enlarged to this (or `maxSize`), so that the marks do not cover them. */
const MIN_SIZE = 512;

/** Room for the strip's text below an image that is narrower. */
const MIN_STRIP_WIDTH = 420;

const HEAT_OPACITY = 0.65;
const COARSE_HEAT_OPACITY = 0.4;

function displaySize(image: RgbaImage, maxSize: number): { width: number; height: number } {
  const longest = Math.max(image.width, image.height);
  const target = Math.min(maxSize, Math.max(longest, MIN_SIZE));
  const side = (length: number): number => Math.max(1, Math.round((length * target) / longest));
  return { width: side(image.width), height: side(image.height) };
}

/**
 * Draws a result, or several, on their image for a person to look at: the heat map blended in, the regions that the
 * fine stage looked at, the landmark as a ring around an untouched spot, the coarse estimate as a
 * small cross, and below the image a strip with the caption and a legend.
 *
 * @returns a picture of about `maxSize` in its longer side, plus the strip
 * @throws RangeError when `maxSize` is not a positive integer
 */
export function renderOverlay(
  image: RgbaImage,
  results: OverlayResult | readonly OverlayResult[],
  options: OverlayOptions = {},
): RgbaImage {
  const { maxSize = DEFAULT_MAX_SIZE, caption = [] } = options;
  if (!Number.isInteger(maxSize) || maxSize < 1) throw new RangeError(`maxSize is ${maxSize}`);
  const { width, height } = displaySize(image, maxSize);
  const canvasWidth = Math.max(width, MIN_STRIP_WIDTH);
  const dot = canvasWidth >= 1800 ? 3 : 2;
  const all = Array.isArray(results) ? results : [results];
  const strip = makeStrip(canvasWidth, dot, caption, legendOf(all));
  const canvas = new Canvas(canvasWidth, height + strip.height, STRIP_BACKGROUND);

  const left = Math.floor((canvasWidth - width) / 2);
  canvas.place(scaleForDisplay(image, width, height), left, 0);
  const clip: Bounds = { left, top: 0, right: left + width, bottom: height };
  const scale = { x: width / image.width, y: height / image.height };
  for (const result of all) drawResult(canvas, clip, scale, result);
  canvas.place(strip, 0, height);
  return canvas;
}

function drawResult(canvas: Canvas, clip: Bounds, scale: Point, result: OverlayResult): void {
  const view = { scale, clip };
  const { heatmap, coarseHeatmap } = result;
  if (coarseHeatmap) blendHeatmap(canvas, view, coarseHeatmap, COARSE_HEAT_OPACITY, heatmap);
  if (heatmap) blendHeatmap(canvas, view, heatmap, HEAT_OPACITY);

  // A pixel's edge e lies at e·scale − 0.5 of the canvas, its centre c at (c + 0.5)·scale − 0.5.
  const edge = (x: number, y: number): Point => ({
    x: clip.left + x * scale.x - 0.5,
    y: clip.top + y * scale.y - 0.5,
  });
  const centre = ({ x, y }: Point): Point => edge(x + 0.5, y + 0.5);
  for (const [i, roi] of result.rois.entries()) {
    const [from, to] = [edge(roi.x0, roi.y0), edge(roi.x1, roi.y1)];
    drawRegion(canvas, clip, { x0: from.x, y0: from.y, x1: to.x, y1: to.y }, regionColor(i));
  }
  const unit = Math.max(clip.right - clip.left, clip.bottom - clip.top) / 1000;
  drawCoarse(canvas, clip, centre(result.coarse), 5 * Math.max(1, unit));
  const landmark = centre(result.landmark);
  const radius = Math.min(32, Math.max(14, 22 * unit));
  const outside =
    landmark.x < clip.left - 0.5 ||
    landmark.y < clip.top - 0.5 ||
    landmark.x > clip.right - 0.5 ||
    landmark.y > clip.bottom - 0.5;
  if (outside) drawOutside(canvas, clip, landmark, radius);
  else drawLandmark(canvas, clip, landmark, radius);
}

const isShown = (map: Heatmap | undefined): boolean => map !== undefined && heatMaximum(map) > 0;

/** Several results share the names of their regions. */
function legendOf(results: readonly OverlayResult[]): LegendEntry[] {
  const rois = results[0]?.rois ?? [];
  const heat = results.some(({ heatmap, coarseHeatmap }) => isShown(heatmap) || isShown(coarseHeatmap));
  return [
    { kind: 'landmark', label: 'landmark' },
    { kind: 'coarse', label: 'coarse estimate' },
    ...rois.map(
      (roi, i): LegendEntry => ({
        kind: 'region',
        label: roi.label ?? `region ${i + 1}`,
        color: regionColor(i),
      }),
    ),
    ...(heat ? [{ kind: 'heat', label: 'heat map, 0 to peak' } as const] : []),
  ];
}
