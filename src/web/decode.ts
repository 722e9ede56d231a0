import { inputError, ZianError } from '../errors.js';
import { withPlainOrientation } from '../images/plain-orientation.js';
import { decodePng, type Inflate } from '../images/png.js';
import type { RgbaImage } from '../images/rgba-image.js';

/** Pixels as they are stored in the file: no colour profile, no gamma, no premultiplication. */
export const DECODE_OPTIONS: ImageBitmapOptions = {
  colorSpaceConversion: 'none',
  premultiplyAlpha: 'none',
};

/**
 * Decodes an image file to the pixels that `localize` takes, upright. PNG is decoded here, with the pixels of
 * `cv2.imread`; JPEG, which has them as well where the browser uses libjpeg-turbo, and everything else by the browser.
 * An `ImageBitmap` is to be closed.
 * @throws ZianError (input) when it cannot be decoded
 */
export async function decodeImage(file: Blob): Promise<RgbaImage | ImageBitmap> {
  const name = file instanceof File ? file.name : 'the image';
  try {
    const bytes = new Uint8Array(await file.arrayBuffer());
    if (bytes[0] === 0x89 && bytes[1] === 0x50) return await decodePng(bytes, name, inflate);
    const jpeg = bytes[0] === 0xff && bytes[1] === 0xd8;
    const readable = jpeg ? new Blob(withPlainOrientation(bytes), { type: file.type }) : file;
    return await createImageBitmap(readable, DECODE_OPTIONS);
  } catch (cause) {
    if (cause instanceof ZianError) throw cause;
    throw inputError(
      `${name} cannot be decoded: it is damaged, too large, or of a kind that this browser does not read (${file.type || 'no type'}, ${file.size} bytes); give a PNG or JPEG.`,
      { cause },
    );
  }
}

const inflate: Inflate = async function* (parts, cutOff) {
  const source = new Blob(parts.map((part) => part.slice()));
  const reader = source.stream().pipeThrough(new DecompressionStream('deflate')).getReader();
  try {
    for (;;) {
      const { value } = await reader.read();
      if (!value) return;
      yield value;
    }
  } catch (error) {
    // What tells these apart is each browser's own. Bytes behind the stream are no error to libpng.
    const why = error instanceof TypeError ? error.message : '';
    if (/junk|extra|after the end/i.test(why)) return;
    throw /truncat|incomplete|unexpected end|without/i.test(why) ? cutOff() : error;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
};
