import type { RgbaImage } from '../../zian/image.js';
import { type OverlayResult, renderOverlay } from '../../zian/overlay.js';
import { readImageFile } from './decode.js';
import { encodePng } from './encode.js';

/** All that an overlay is drawn from. */
export interface OverlayJob {
  readonly image: RgbaImage;
  readonly results: readonly OverlayResult[];
  /** Lines below the picture. */
  readonly caption: readonly string[];
}

/** Work on images that costs processor time, and can be done elsewhere. */
export interface ImageJobs {
  /** How many are done at the same time. */
  readonly parallel: number;
  /** As `readImageFile`. */
  decode(path: string): Promise<RgbaImage>;
  /** Draws an overlay, as the bytes of a PNG. The image's pixels may not be used afterwards. */
  drawOverlay(job: OverlayJob): Promise<Uint8Array>;
  close(): Promise<void>;
}

export const drawJob = ({ image, results, caption }: OverlayJob): RgbaImage =>
  renderOverlay(image, results, { caption });

/** The work done right here, one piece after the other. */
export const inProcessJobs: ImageJobs = {
  parallel: 1,
  decode: readImageFile,
  drawOverlay: (job) => Promise.resolve(encodePng(drawJob(job))),
  close: () => Promise.resolve(),
};
