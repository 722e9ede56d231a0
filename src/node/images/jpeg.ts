import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import load from '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs';
import { inputError } from '../../errors.js';
import { exifOrientation } from '../../images/exif.js';
import { applyOrientation } from '../../images/orientation.js';
import type { RgbaImage } from '../../zian/image.js';
import { parseJpeg } from './jpeg-structure.js';

/** "Exif\0\0" before the TIFF structure; OpenCV skips it without looking. */
const EXIF_PREFIX = 6;

async function loadCodec() {
  const path = createRequire(import.meta.url).resolve('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasm');
  const quiet = () => {};
  return load({ wasmBinary: await readFile(path), print: quiet, printErr: quiet });
}

/**
 * Decodes a JPEG to what `cv2.imread` gives (in RGB order): libjpeg-turbo with its default inverse
 * DCT and chroma upsampling, and the orientation of the first APP1 segment.
 *
 * @throws ZianError (input) when the file is damaged, truncated, CMYK or over the size limit
 */
export async function decodeJpeg(bytes: Uint8Array, name: string): Promise<RgbaImage> {
  const structure = parseJpeg(bytes, name);
  const { width, height, parts, app1 } = structure;
  // A fresh instance per image: WebAssembly memory never shrinks, and an instance is not usable after
  // it ran out of memory.
  const codec = await loadCodec();
  const decoder = new codec.JPEGDecoder();
  let decoded: Uint8Array;
  try {
    const encoded = decoder.getEncodedBuffer(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      encoded.set(part, at);
      at += part.length;
    }
    decoder.decode();
    decoded = decoder.getDecodedBuffer();
  } catch (cause) {
    throw inputError(
      `${name}: the JPEG is damaged or truncated: its image data cannot be read in full; copy it again.`,
      {
        cause,
      },
    );
  }
  const frame = decoder.getFrameInfo();
  const channels = frame.componentCount;
  if (frame.width !== width || frame.height !== height || decoded.length !== width * height * channels) {
    throw inputError(
      `${name}: the JPEG is damaged: its image data do not belong to its header; copy it again.`,
    );
  }
  const data = new Uint8Array(4 * width * height);
  const green = channels === 3 ? 1 : 0;
  const blue = channels === 3 ? 2 : 0;
  for (let from = 0, to = 0; to < data.length; from += channels, to += 4) {
    data[to] = decoded[from] ?? 0;
    data[to + 1] = decoded[from + green] ?? 0;
    data[to + 2] = decoded[from + blue] ?? 0;
    data[to + 3] = 255;
  }
  const orientation = app1 === undefined ? 1 : exifOrientation(app1.subarray(EXIF_PREFIX));
  return applyOrientation({ width, height, data }, orientation);
}
