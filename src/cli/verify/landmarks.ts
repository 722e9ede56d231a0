import type { ZianConfig } from '../../zian/config.js';
import type { Point } from '../engine.js';

/** A heat map as one plane, row by row. */
export interface Plane {
  readonly data: Float32Array;
  readonly width: number;
}

/** The points that two heat maps lead to. */
export interface ImpliedPoints {
  /** In pixels of the coarse heat map. */
  readonly coarsePeak: Point;
  /** In pixels of the crop. */
  readonly roiCenter: Point;
  /** In pixels of the fine heat map; undefined without a fine stage. */
  readonly finePeak: Point | undefined;
  /** In pixels of the crop. */
  readonly landmark: Point;
}

/** The first largest value, row by row; (0, 0) where none is above zero. */
export function peakOf({ data, width }: Plane): Point {
  let best = 0;
  let index = 0;
  for (const [i, value] of data.entries()) {
    if (value > best) {
      best = value;
      index = i;
    }
  }
  return { x: index % width, y: Math.floor(index / width) };
}

/** What follows from the heat maps of one run. */
export function impliedPoints(
  coarse: Plane,
  fine: Plane | undefined,
  { dsFactor, regionRadius }: ZianConfig,
): ImpliedPoints {
  const coarsePeak = peakOf(coarse);
  const roiCenter = { x: coarsePeak.x * dsFactor, y: coarsePeak.y * dsFactor };
  if (fine === undefined) return { coarsePeak, roiCenter, finePeak: undefined, landmark: roiCenter };
  const finePeak = peakOf(fine);
  const landmark = {
    x: finePeak.x + roiCenter.x - regionRadius,
    y: finePeak.y + roiCenter.y - regionRadius,
  };
  return { coarsePeak, roiCenter, finePeak, landmark };
}
