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
