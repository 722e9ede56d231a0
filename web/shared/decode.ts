import { DECODE_OPTIONS, decodeImage } from '../../src/web/decode.js';
import type { RgbaImage } from '../../src/zian/image.js';

/** A picture's pixels as the network gets them: from the same bytes always the same, here and on the command line. */
export type DecodedPicture = RgbaImage | ImageBitmap;

/** @throws ZianError (input) where this browser cannot read it */
export const decodeNamed = (name: string, blob: Blob): Promise<DecodedPicture> =>
  decodeImage(new File([blob], name, { type: blob.type }));

/** Something that can be drawn; the same object where it can be already. */
export async function asBitmap(picture: DecodedPicture): Promise<ImageBitmap> {
  if (picture instanceof ImageBitmap) return picture;
  const { width, height, data } = picture;
  return createImageBitmap(new ImageData(new Uint8ClampedArray(data), width, height), DECODE_OPTIONS);
}

/** Frees what the collector would free much later. */
export function release(picture: DecodedPicture): void {
  if (picture instanceof ImageBitmap) picture.close();
}
