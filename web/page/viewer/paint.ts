import type { Rectangle } from '../../../src/zian/coordinates.js';
import type { Heatmap } from '../../../src/zian/overlay.js';
import type { Heatmaps } from '../../../src/zian/zian.js';
import type { FindingSummary } from '../pictures.js';
import { heatArea, heatCanvas } from './heat-canvas.js';
import { drawCoarse, drawLandmark, drawRegion, drawTruth } from './marks.js';
import { edgeToViewport, pixelToViewport, type Size, type View } from './view.js';

export type LayerName = 'coarseHeat' | 'fineHeat' | 'regions' | 'coarse' | 'landmark' | 'truth';

/** Everything that can be seen of a picture. */
export interface Scene {
  readonly bitmap: ImageBitmap;
  readonly findings: readonly (FindingSummary & { readonly maps?: Heatmaps })[];
  readonly truth: readonly { readonly x: number; readonly y: number }[];
}

export interface Look {
  readonly layers: ReadonlySet<LayerName>;
  /** Of heat maps at their peak, 0 to 1. */
  readonly opacity: number;
}

/** From this scale on single pixels are shown as squares. */
const PIXELS_FROM = 6;

function drawHeat(
  context: CanvasRenderingContext2D,
  view: View,
  map: Heatmap,
  opacity: number,
  excluded?: Heatmap,
): void {
  context.save();
  const place = ({ x0, y0, x1, y1 }: Rectangle): [number, number, number, number] => {
    const from = edgeToViewport(view, { x: x0, y: y0 });
    return [from.x, from.y, (x1 - x0) * view.scale, (y1 - y0) * view.scale];
  };
  if (excluded) {
    const hole = new Path2D();
    hole.rect(0, 0, context.canvas.width, context.canvas.height);
    hole.rect(...place(heatArea(excluded)));
    context.clip(hole, 'evenodd');
  }
  context.globalAlpha = opacity;
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = 'high';
  context.drawImage(heatCanvas(map), ...place(heatArea(map)));
  context.restore();
}

/** In viewports smaller than this, marks are smaller too. */
const FULL_SIZE_FROM = 480;

/** Draws a scene into a viewport; one unit is a CSS pixel. */
export function paint(
  context: CanvasRenderingContext2D,
  viewport: Size,
  { bitmap, findings, truth }: Scene,
  view: View,
  { layers, opacity }: Look,
): void {
  context.clearRect(0, 0, viewport.width, viewport.height);
  context.imageSmoothingEnabled = view.scale < PIXELS_FROM;
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, view.x, view.y, bitmap.width * view.scale, bitmap.height * view.scale);

  const picture = new Path2D();
  picture.rect(view.x, view.y, bitmap.width * view.scale, bitmap.height * view.scale);
  context.save();
  context.clip(picture);
  for (const { maps } of findings) {
    const fine = layers.has('fineHeat') ? maps?.fine : undefined;
    if (maps && layers.has('coarseHeat')) drawHeat(context, view, maps.coarse, 0.7 * opacity, fine);
    if (fine) drawHeat(context, view, fine, opacity);
  }
  context.restore();

  const unit = Math.min(1, Math.max(0.6, Math.min(viewport.width, viewport.height) / FULL_SIZE_FROM));
  for (const { result } of findings) {
    if (layers.has('regions'))
      for (const [i, { x0, y0, x1, y1 }] of result.rois.entries())
        drawRegion(
          context,
          edgeToViewport(view, { x: x0, y: y0 }),
          edgeToViewport(view, { x: x1, y: y1 }),
          i,
        );
    if (layers.has('coarse')) drawCoarse(context, pixelToViewport(view, result.coarse), unit);
  }
  // Not before there is something to compare it with.
  if (layers.has('truth') && findings.length > 0)
    for (const point of truth) drawTruth(context, pixelToViewport(view, point), unit);
  if (layers.has('landmark'))
    for (const { result } of findings) drawLandmark(context, pixelToViewport(view, result.landmark), unit);
}
