import { unpackBits } from '../packbits.js';

const HEADER_BYTES = 64;

/**
 * Unpacks a frame in DICOM's run lengths (PS3.5, annex G): a header of up to 15 offsets, and a PackBits stream for each byte
 * of each sample, the most significant byte first.
 *
 * @param planes bytes per pixel: samples times bytes of a sample
 * @param size of a plane in bytes, which is the number of pixels
 * @returns the planes one after the other; undefined where the frame is damaged or cut off
 */
export function unpackRle(frame: Uint8Array, planes: number, size: number): Uint8Array | undefined {
  if (frame.length < HEADER_BYTES) return undefined;
  const header = new DataView(frame.buffer, frame.byteOffset, HEADER_BYTES);
  if (header.getUint32(0, true) !== planes) return undefined;
  const target = new Uint8Array(planes * size);
  for (let plane = 0; plane < planes; plane++) {
    const start = header.getUint32(4 + 4 * plane, true);
    const end = plane + 1 < planes ? header.getUint32(8 + 4 * plane, true) : frame.length;
    if (start < HEADER_BYTES || end > frame.length || start > end) return undefined;
    const filled = unpackBits(frame.subarray(start, end), target.subarray(plane * size, (plane + 1) * size));
    if (filled < size) return undefined;
  }
  return target;
}
