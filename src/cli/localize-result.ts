import type { Calibration } from '../zian/calibration.js';
import type { RgbaImage } from '../zian/image.js';
import type { Refinement } from '../zian/refine.js';
import type { Localization } from './engine.js';

/** How images are localised, and what is said of the results. */
export interface LocalizeHow {
  /** Whether to average with the mirrored image; as the model's configuration says unless given. */
  readonly flipTest?: boolean | undefined;
  readonly refine?: Refinement | undefined;
  /** Of the model, where there is one. */
  readonly calibration?: Calibration | undefined;
}

/** A landmark, and how likely it is right where a calibration tells. */
export interface Found extends Localization {
  readonly confidence?: number;
}

export interface DecodedImage {
  /** As given on the command line. */
  readonly path: string;
  readonly image: RgbaImage;
  readonly decodeMilliseconds: number;
}

export interface Done extends DecodedImage {
  readonly adapter: string;
  /** What the model says of itself, to be shown with its results. */
  readonly notice: string | undefined;
  /** Decoding, preprocessing, and the image's share of the network. */
  readonly totalMilliseconds: number;
}

/** One image's result. */
export interface ImageResult extends Done {
  readonly result: Found;
}

/** An AS-OCT scan's result: both halves', in the scan's pixels. */
export interface ScanResult extends Done {
  readonly halves: { readonly left: Found; readonly right: Found };
}
