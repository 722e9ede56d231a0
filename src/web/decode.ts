import { inputError } from '../errors.js';

/**
 * Pixels as they are stored in the file: no colour profile, no gamma, colour under transparent pixels kept; EXIF
 * orientation is followed, which is the default that older browsers know no name for.
 */
export const DECODE_OPTIONS: ImageBitmapOptions = {
  colorSpaceConversion: 'none',
  premultiplyAlpha: 'none',
};

/** @throws ZianError (input) when the browser does not decode it */
export async function decodeBlob(blob: Blob): Promise<ImageBitmap> {
  const name = blob instanceof File ? blob.name : 'The image';
  try {
    return await createImageBitmap(blob, DECODE_OPTIONS);
  } catch (cause) {
    throw inputError(
      `${name} cannot be decoded: it is damaged, too large, or of a kind that this browser does not read (${blob.type || 'no type'}, ${blob.size} bytes); give a PNG or JPEG.`,
      { cause },
    );
  }
}
