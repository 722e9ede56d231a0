import type { Point } from '../../../src/zian/coordinates.js';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** How an image lies in the viewport: `scale` viewport pixels per image pixel, its upper left corner at (x, y). */
export interface View {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

/** A whole image takes the viewport up to this border. */
const BORDER = 8;
/** The closest look: viewport pixels per image pixel. */
const LARGEST_SCALE = 64;

/** The whole image in the middle of the viewport. */
export function fitView(image: Size, viewport: Size): View {
  const scale = Math.max(
    1e-3,
    Math.min((viewport.width - 2 * BORDER) / image.width, (viewport.height - 2 * BORDER) / image.height),
  );
  return {
    scale,
    x: (viewport.width - scale * image.width) / 2,
    y: (viewport.height - scale * image.height) / 2,
  };
}

/** Keeps the middle of the viewport over the image, and the scale between a fit and pixels as large as can be. */
export function clampView(view: View, image: Size, viewport: Size): View {
  const fit = fitView(image, viewport);
  if (view.scale <= fit.scale) return fit;
  const clamp = (value: number, middle: number, length: number): number =>
    Math.min(middle, Math.max(middle - length, value));
  return {
    scale: view.scale,
    x: clamp(view.x, viewport.width / 2, view.scale * image.width),
    y: clamp(view.y, viewport.height / 2, view.scale * image.height),
  };
}

/** Scales by a factor while what lies under a point of the viewport stays there. */
export function zoomAbout(view: View, factor: number, at: Point): View {
  const scale = Math.min(LARGEST_SCALE, view.scale * factor);
  const ratio = scale / view.scale;
  return { scale, x: at.x - (at.x - view.x) * ratio, y: at.y - (at.y - view.y) * ratio };
}

export const panBy = (view: View, dx: number, dy: number): View => ({
  ...view,
  x: view.x + dx,
  y: view.y + dy,
});

/** A point of the image in the middle of the viewport. */
export const centreOn = ({ x, y }: Point, scale: number, viewport: Size): View => ({
  scale,
  x: viewport.width / 2 - x * scale,
  y: viewport.height / 2 - y * scale,
});

/** Pixel edges of the image to the viewport: (0, 0) is the upper left corner of the first pixel. */
export const edgeToViewport = ({ scale, x, y }: View, point: Point): Point => ({
  x: x + scale * point.x,
  y: y + scale * point.y,
});

/** Pixel positions, as landmarks are given: (0, 0) is the centre of the first pixel. */
export const pixelToViewport = (view: View, point: Point): Point =>
  edgeToViewport(view, { x: point.x + 0.5, y: point.y + 0.5 });

/** The pixel position under a point of the viewport. */
export const viewportToPixel = ({ scale, x, y }: View, at: Point): Point => ({
  x: (at.x - x) / scale - 0.5,
  y: (at.y - y) / scale - 0.5,
});
