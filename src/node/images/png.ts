import { createInflate } from 'node:zlib';
import { decodePng as decode, type Inflate } from '../../images/png.js';
import type { RgbaImage } from '../../zian/image.js';

/**
 * Not done by pngjs, whose synchronous reader does not notice a truncated or corrupt zlib stream in current Node (it then
 * returns uninitialised memory), and replaces the colour that tRNS names.
 */
const inflate: Inflate = async function* (parts, cutOff) {
  const stream = createInflate({ chunkSize: 1 << 18 });
  for (const part of parts) stream.write(part);
  stream.end();
  try {
    yield* stream;
  } catch (error) {
    throw error instanceof Error && 'code' in error && error.code === 'Z_BUF_ERROR' ? cutOff() : error;
  }
};

/** Decodes a PNG; see `src/images/png.ts`. */
export const decodePng = (bytes: Uint8Array, name: string): Promise<RgbaImage> =>
  decode(bytes, name, inflate);
