import { PNG } from 'pngjs';
import type { RgbaImage } from '../../zian/image.js';

/** Encodes an image as an 8-bit RGB PNG; the alpha channel, always 255, is not written. */
export function encodePng(image: RgbaImage): Uint8Array {
  const png = new PNG({ width: image.width, height: image.height });
  png.data = Buffer.from(image.data.buffer, image.data.byteOffset, image.data.byteLength);
  return PNG.sync.write(png, { colorType: 2, inputHasAlpha: true });
}
