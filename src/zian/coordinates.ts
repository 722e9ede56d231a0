import type { ZianConfig } from './config.js';

/** x to the right, y down. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** From (x0, y0) to (x1, y1). */
export interface Rectangle {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** In pixels. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** Pixels that the centre crop leaves out at the left and at the top. */
export const cropMargin = ({ imageSize, cropSize }: ZianConfig): Point => ({
  x: (imageSize[0] - cropSize[0]) / 2,
  y: (imageSize[1] - cropSize[1]) / 2,
});

/** A point of the network's input in 0-based pixels of the original image: MODEL.md section 4.9. */
export function toImage(point: Point, image: ImageSize, config: ZianConfig): Point {
  const margin = cropMargin(config);
  return {
    x: Math.fround((point.x + margin.x) * (image.width / config.imageSize[0])),
    y: Math.fround((point.y + margin.y) * (image.height / config.imageSize[1])),
  };
}

/** The square of `scale` · 2 · REGION_RADIUS network pixels around a centre, in pixels of the original image. */
export function regionInImage(center: Point, scale: number, image: ImageSize, config: ZianConfig): Rectangle {
  const radius = config.regionRadius * scale;
  const first = toImage({ x: center.x - radius, y: center.y - radius }, image, config);
  const last = toImage({ x: center.x + radius, y: center.y + radius }, image, config);
  return { x0: first.x, y0: first.y, x1: last.x, y1: last.y };
}

/** A point of the mirrored input as a point of the input. The reference takes width − x, not width − 1 − x. */
export const unmirror = ({ x, y }: Point, { cropSize }: ZianConfig): Point => ({ x: cropSize[0] - x, y });

export const midpoint = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
