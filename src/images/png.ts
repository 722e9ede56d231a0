import { inputError } from '../errors.js';
import { exifOrientation } from './exif.js';
import { applyOrientation } from './orientation.js';
import { parsePng } from './png-chunks.js';
import { inflatedSize, PngRows } from './png-pixels.js';
import type { RgbaImage } from './rgba-image.js';

/** Deflate cannot expand more than this (RFC 1951: 258 bytes from two bits, 1032:1). */
const MAX_DEFLATE_RATIO = 1032;

/** libpng forgives a little data after the last row; more is a decompression bomb. */
const MAX_SURPLUS = 1 << 16;

/** Pieces are put together to at least this: a file may have its data in chunks of one byte. */
const PIECE_BYTES = 1 << 18;

/** The same bytes in few pieces. */
function* coalesced(parts: readonly Uint8Array[]): Generator<Uint8Array> {
  for (let i = 0; i < parts.length; ) {
    let end = i;
    let bytes = 0;
    while (end < parts.length && (end === i || bytes < PIECE_BYTES)) bytes += parts[end++]?.length ?? 0;
    if (end === i + 1) {
      yield parts[i] ?? new Uint8Array(0);
    } else {
      const piece = new Uint8Array(bytes);
      let at = 0;
      for (const part of parts.slice(i, end)) {
        piece.set(part, at);
        at += part.length;
      }
      yield piece;
    }
    i = end;
  }
}

/** Inflates a zlib stream, given and returned in pieces; `cutOff` is thrown where it ends too early. */
export type Inflate = (parts: readonly Uint8Array[], cutOff: () => Error) => AsyncIterable<Uint8Array>;

/**
 * Decodes a PNG to what `cv2.imread` gives (in RGB order). Browsers' decoders do not: they lose the colour of transparent
 * pixels, and look for the orientation elsewhere.
 *
 * @throws ZianError (input) when the file is damaged, truncated or over the size limit
 */
export async function decodePng(bytes: Uint8Array, name: string, inflate: Inflate): Promise<RgbaImage> {
  const { header, palette, data, exif } = parsePng(bytes, name);
  const expected = inflatedSize(header);
  const compressed = data.reduce((sum, part) => sum + part.length, 0);
  const truncated = () =>
    inputError(
      `${name}: the PNG is truncated: its data do not fill the ${header.width}×${header.height} pixels; copy it again.`,
    );
  if (compressed * MAX_DEFLATE_RATIO < expected) throw truncated();

  const rows = new PngRows(header, palette);
  const cutOff = truncated();
  try {
    for await (const chunk of inflate([...coalesced(data)], () => cutOff)) {
      rows.push(chunk);
      if (rows.surplus > MAX_SURPLUS) break;
    }
  } catch (error) {
    if (error === cutOff) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw inputError(
      `${name}: the PNG is damaged: its pixel data cannot be read (${reason}); copy it again.`,
    );
  }
  if (rows.surplus > MAX_SURPLUS) {
    throw inputError(
      `${name}: the PNG is refused, because its data inflate to more than the ${header.width}×${header.height} pixels of its header.`,
    );
  }
  if (!rows.complete) throw truncated();
  return applyOrientation(rows.image, exif === undefined ? 1 : exifOrientation(exif));
}
