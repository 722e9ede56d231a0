import type { RgbaImage } from '../../zian/image.js';

const ORIENTATION_TAG = 0x0112;

/** ImageDescription, Make, Model: strings, the only known tags that a sorted IFD has before the orientation. */
const STRING_TAGS_BEFORE = [0x010e, 0x010f, 0x0110];

/**
 * The orientation (1 to 8) in a TIFF structure such as EXIF's, or 1 where there is none.
 *
 * Follows OpenCV's ExifReader, so that the same files are turned as by `cv2.imread`: the first
 * orientation entry of the first directory, its value read as 16 bits whatever type it declares;
 * a known string that points outside the data ends the reading.
 */
export function exifOrientation(tiff: Uint8Array): number {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  const littleEndian = tiff[0] === 0x49 && tiff[1] === 0x49;
  if (tiff.length < 8 || view.getUint16(2, littleEndian) !== 42) return 1;
  const directory = view.getUint32(4, littleEndian);
  if (directory + 2 > tiff.length) return 1;
  const count = view.getUint16(directory, littleEndian);
  for (let i = 0; i < count; i++) {
    const entry = directory + 2 + 12 * i;
    if (entry + 10 > tiff.length) return 1;
    const tag = view.getUint16(entry, littleEndian);
    if (tag === ORIENTATION_TAG) {
      const value = view.getUint16(entry + 8, littleEndian);
      return value >= 1 && value <= 8 ? value : 1;
    }
    if (STRING_TAGS_BEFORE.includes(tag)) {
      if (entry + 12 > tiff.length) return 1;
      const length = view.getUint32(entry + 4, littleEndian);
      const offset = length > 4 ? view.getUint32(entry + 8, littleEndian) : 8;
      if (offset + length > tiff.length) return 1;
    }
  }
  return 1;
}

/** Turns and mirrors the stored image so that it is seen upright. Orientation as in EXIF, 1 to 8. */
export function applyOrientation(image: RgbaImage, orientation: number): RgbaImage {
  if (orientation === 1) return image;
  const { width, height } = image;
  const transposed = orientation >= 5;
  // Orientations as seen from the upright image: its rows run along the stored columns (5 to 8), and
  // the stored columns (2, 3, 7, 8) or rows (3, 4, 6, 7) are walked backwards.
  const flipX = orientation === 2 || orientation === 3 || orientation === 7 || orientation === 8;
  const flipY = orientation === 3 || orientation === 4 || orientation === 6 || orientation === 7;
  const outWidth = transposed ? height : width;
  const outHeight = transposed ? width : height;
  const source = new Uint32Array(image.data.buffer, image.data.byteOffset, width * height);
  const target = new Uint32Array(width * height);
  let next = 0;
  for (let y = 0; y < outHeight; y++) {
    for (let x = 0; x < outWidth; x++) {
      const column = transposed ? y : x;
      const row = transposed ? x : y;
      const from = (flipY ? height - 1 - row : row) * width + (flipX ? width - 1 - column : column);
      target[next++] = source[from] ?? 0;
    }
  }
  return { width: outWidth, height: outHeight, data: new Uint8Array(target.buffer) };
}
