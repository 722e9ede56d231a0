import type { ByteSource } from '../../src/weights/byte-source.js';

/** Headers of small things next to each other come with one read; of large ones, little is read in vain. */
const WINDOW_BYTES = 16 << 10;

/**
 * Reads small pieces that lie in ascending order, such as the headers between a file's tensors: a piece within the
 * window of the last read costs nothing.
 *
 * @throws ZianError (input), when called, where the range is not inside the source.
 */
export function headerWindow(source: ByteSource): (offset: number, length: number) => Promise<Uint8Array> {
  let start = 0;
  let window = new Uint8Array(0);
  return async (offset, length) => {
    if (offset < start || offset + length > start + window.byteLength) {
      window = new Uint8Array(
        await source.read(offset, Math.max(length, Math.min(WINDOW_BYTES, source.size - offset))),
      );
      start = offset;
    }
    return window.subarray(offset - start, offset - start + length);
  };
}
