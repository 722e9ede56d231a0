import { inputError } from '../errors.js';

/** Images above this are refused from their header, before any pixel memory is asked for. */
export const MAX_PIXELS = 100_000_000;

/** libpng's default bound for either side; it keeps a single row of pixels small. */
const MAX_SIDE = 1_000_000;

/** Throws an input error unless `width`×`height` (from a file's header) is a size that is decoded here. */
export function checkImageSize(name: string, width: number, height: number): void {
  if (width === 0 || height === 0) {
    throw inputError(`${name}: the header says ${width}×${height} pixels, so there is no image in it.`);
  }
  if (width > MAX_SIDE || height > MAX_SIDE || width * height > MAX_PIXELS) {
    const megapixels = ((width * height) / 1e6).toFixed(1);
    throw inputError(
      `${name}: the image is ${width}×${height} pixels (${megapixels} megapixels), more than the ` +
        `${MAX_PIXELS / 1e6} megapixels (and ${MAX_SIDE} pixels a side) accepted; scale it down first.`,
    );
  }
}
