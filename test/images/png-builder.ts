import { deflateSync } from 'node:zlib';
import { crc32 } from '../../src/images/crc32.js';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

export function chunk(type: string, body: Uint8Array): Uint8Array {
  const out = new Uint8Array(12 + body.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, body.length);
  for (let i = 0; i < 4; i++) out[4 + i] = type.charCodeAt(i);
  out.set(body, 8);
  view.setUint32(8 + body.length, crc32(out.subarray(4, 8 + body.length)));
  return out;
}

export function header(width: number, height: number, depth = 8, colorType = 2, interlace = 0): Uint8Array {
  const body = new Uint8Array(13);
  const view = new DataView(body.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  body.set([depth, colorType, 0, 0, interlace], 8);
  return chunk('IHDR', body);
}

export const joined = (...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

/** A PNG of these chunks, closed by IEND. */
export const png = (...chunks: readonly Uint8Array[]): Uint8Array =>
  joined(SIGNATURE, ...chunks, chunk('IEND', new Uint8Array(0)));

/** An IDAT chunk with this many zero bytes, compressed. */
export const zeros = (count: number): Uint8Array => chunk('IDAT', deflateSync(new Uint8Array(count)));
