import { inputError } from '../errors.js';
import type { RgbaImage } from './image.js';
import type { Localization } from './zian.js';

/** The halves of an AS-OCT scan, each with one scleral spur. */
export interface ScanHalves {
  readonly left: RgbaImage;
  readonly right: RgbaImage;
}

/** The scan's width is cropped at the right to a multiple of this, as the reference does. */
const WIDTH_STEP = 4;

/**
 * Cuts an AS-OCT scan into its left and right half, as docs/MODEL.md says: a scan of 2130×998 pixels gives two halves
 * of 1064×998.
 * @param name of the scan, for messages
 * @throws ZianError (input) where the scan is narrower than four pixels
 */
export function cutScan(scan: RgbaImage, name: string): ScanHalves {
  const width = scanHalfWidth(scan.width, name);
  return { left: columns(scan, 0, width), right: columns(scan, width, width) };
}

/**
 * The width of a scan's halves; the right one begins where the left one ends.
 * @throws ZianError (input) where the scan is narrower than four pixels
 */
export function scanHalfWidth(width: number, name: string): number {
  const half = (width - (width % WIDTH_STEP)) / 2;
  if (half === 0)
    throw inputError(
      `${name} is ${width} pixels wide, too narrow to be cut into halves; give a whole AS-OCT scan.`,
    );
  return half;
}

/** The columns from `first` on. */
function columns(image: RgbaImage, first: number, width: number): RgbaImage {
  const data = new Uint8Array(4 * width * image.height);
  for (let row = 0; row < image.height; row++) {
    const from = 4 * (row * image.width + first);
    data.set(image.data.subarray(from, from + 4 * width), 4 * row * width);
  }
  return { width, height: image.height, data };
}

/** A result of the right half in the scan's pixels: `columns` further to the right. Network pixels stay. */
export function moveRight(result: Localization, columns: number): Localization {
  const move = <T extends { readonly x: number; readonly y: number }>(point: T): T => ({
    ...point,
    x: point.x + columns,
  });
  return {
    ...result,
    landmark: move(result.landmark),
    coarse: move(result.coarse),
    rois: result.rois.map((roi) => ({ ...roi, x0: roi.x0 + columns, x1: roi.x1 + columns })),
  };
}
