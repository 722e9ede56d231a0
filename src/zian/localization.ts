import type { Architecture } from './architecture.js';
import type { ZianConfig } from './config.js';
import {
  type ImageSize,
  midpoint,
  type Point,
  type Rectangle,
  regionInImage,
  toImage,
  unmirror,
} from './coordinates.js';
import type { Forward, ForwardTimes } from './forward.js';
import { ROI_SCALES } from './model/network.js';

/** Where the landmark is, and how the network found it. */
export interface Localization {
  /** In 0-based pixels of the original image. */
  readonly landmark: Point;
  readonly coarse: Point;
  /**
   * In the network's own pixels: peaks in (whole) heat-map pixels, centre and landmark in pixels of the cropped input.
   */
  readonly network: {
    readonly coarse: Point;
    readonly roiCenter: Point;
    readonly fine: Point;
    readonly landmark: Point;
  };
  /** The heat maps' largest values. */
  readonly peak: { readonly coarse: number; readonly fine: number };
  /** Their distances to the second-highest value. */
  readonly margin: { readonly coarse: number; readonly fine: number };
  readonly milliseconds: { readonly preprocess: number; readonly network: number };
  /** The regions that the fine stage saw, in pixels of the original image. */
  readonly rois: readonly Rectangle[];
}

/** A forward pass, averaged with that of the mirrored image where there is one, in pixels of the image. */
export function localizationOf(
  own: Forward,
  mirrored: Forward | undefined,
  image: ImageSize,
  config: ZianConfig,
  { rois }: Architecture,
  milliseconds: ForwardTimes,
): Localization {
  const { coarse, roiCenter, fine, peak, margin } = own;
  const average = (point: Point, other: Point | undefined): Point =>
    other ? midpoint(point, unmirror(other, config)) : point;
  const landmark = average(own.landmark, mirrored?.landmark);
  const coarseLandmark = average(own.coarseLandmark, mirrored?.coarseLandmark);
  return {
    landmark: toImage(landmark, image, config),
    coarse: toImage(coarseLandmark, image, config),
    network: { coarse, roiCenter, fine, landmark },
    peak,
    margin,
    milliseconds,
    rois: rois.map((roi) => regionInImage(roiCenter, ROI_SCALES[roi], image, config)),
  };
}
