import { exifOrientation } from './exif.js';

/** A piece of a file: from one offset up to another. */
type Range = readonly [from: number, to: number];

const [APP1, SOS, EOI, TEM] = [0xe1, 0xda, 0xd9, 0x01];
/** "Exif\0\0" before the TIFF structure; OpenCV skips it without looking. */
const EXIF_PREFIX = [0x45, 0x78, 0x69, 0x66, 0, 0];

/** TIFF structure of one entry, the orientation. */
const tiffOf = (orientation: number): Uint8Array =>
  Uint8Array.of(
    ...[0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0],
  );

/**
 * The same JPEG with its orientation stated once, as OpenCV, and so the Node path, understands it: OpenCV looks at the first
 * APP1 segment alone, whatever it holds, and browsers at others as well.
 */
export function withPlainOrientation(bytes: Uint8Array<ArrayBuffer>): BlobPart[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const ranges: Range[] = [];
  let orientation = 1;
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1];
    if (marker === SOS || marker === EOI) break;
    // Fill bytes, and TEM, which has no length.
    if (marker === 0xff || marker === TEM) {
      at += marker === TEM ? 2 : 1;
      continue;
    }
    const end = at + 2 + view.getUint16(at + 2);
    if (marker === APP1) {
      if (ranges.length === 0)
        orientation = exifOrientation(bytes.subarray(at + 4 + EXIF_PREFIX.length, end));
      ranges.push([at, end]);
    }
    at = end;
  }
  const parts: BlobPart[] = [bytes.subarray(0, 2)];
  if (orientation > 1) {
    const body = [...EXIF_PREFIX, ...tiffOf(orientation)];
    parts.push(Uint8Array.of(0xff, APP1, 0, body.length + 2, ...body));
  }
  let from = 2;
  for (const [start, end] of ranges) {
    parts.push(bytes.subarray(from, start));
    from = end;
  }
  return [...parts, bytes.subarray(from)];
}
