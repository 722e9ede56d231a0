/**
 * Unpacks PackBits (TIFF 6.0, section 9), which DICOM's RLE is as well: a count and its literal bytes, or a count and one
 * byte to repeat. What the data lack is left 0, and what they have too much is not read.
 *
 * @returns how many bytes of `target` were filled
 */
export function unpackBits(source: Uint8Array, target: Uint8Array): number {
  let from = 0;
  let to = 0;
  while (from + 1 < source.length && to < target.length) {
    const head = source[from++] ?? 0;
    if (head === 128) continue;
    if (head < 128) {
      const piece = source.subarray(from, from + Math.min(head + 1, target.length - to));
      target.set(piece, to);
      from += head + 1;
      to += piece.length;
    } else {
      const end = Math.min(to + 257 - head, target.length);
      target.fill(source[from++] ?? 0, to, end);
      to = end;
    }
  }
  return to;
}
