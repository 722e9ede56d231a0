import type { RgbaImage } from '../zian/image.js';
import type { Localization } from './engine.js';

export interface DecodedImage {
  /** As given on the command line. */
  readonly path: string;
  readonly image: RgbaImage;
  readonly decodeMilliseconds: number;
}

interface Done extends DecodedImage {
  readonly adapter: string;
  /** What the model says of itself, to be shown with its results. */
  readonly notice: string | undefined;
  /** From opening the file to the landmark. */
  readonly totalMilliseconds: number;
}

/** One image's result. */
export interface ImageResult extends Done {
  readonly result: Localization;
}

/** An AS-OCT scan's result: both halves', in the scan's pixels. */
export interface ScanResult extends Done {
  readonly halves: { readonly left: Localization; readonly right: Localization };
}
