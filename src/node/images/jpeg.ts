import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import load, { type Module } from '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs';
import { inputError } from '../../errors.js';
import { exifOrientation } from '../../images/exif.js';
import { applyOrientation } from '../../images/orientation.js';
import type { RgbaImage } from '../../zian/image.js';
import { type JpegColours, parseJpeg } from './jpeg-structure.js';

/** "Exif\0\0" before the TIFF structure; OpenCV skips it without looking. */
const EXIF_PREFIX = 6;

/** An instance of libjpeg-turbo. */
export type JpegCodec = Module;

/** WebAssembly memory never shrinks, and an instance is not usable after it ran out of memory: one per image. */
export async function loadJpegCodec(): Promise<JpegCodec> {
  const path = createRequire(import.meta.url).resolve('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasm');
  const quiet = () => {};
  return load({ wasmBinary: await readFile(path), print: quiet, printErr: quiet });
}

/** A decoded JPEG, before any turning. */
export interface JpegSamples {
  readonly width: number;
  readonly height: number;
  /** 1 (grey) or 3 (R, G, B). */
  readonly channels: number;
  /** Row by row, the channels of a pixel together. */
  readonly samples: Uint8Array;
  /** Payload of the first APP1 segment. */
  readonly app1: Uint8Array | undefined;
}

/**
 * Decodes a JPEG by libjpeg-turbo with its default inverse DCT and chroma upsampling.
 *
 * @param colours what three components are, where something else than the file's own markers says it
 * @throws ZianError (input) when the file is damaged, truncated, CMYK or over the size limit
 */
export function decodeJpegSamples(
  codec: JpegCodec,
  bytes: Uint8Array,
  name: string,
  colours?: JpegColours,
): JpegSamples {
  const { width, height, parts, app1 } = parseJpeg(bytes, name, colours);
  const decoder = new codec.JPEGDecoder();
  try {
    const encoded = decoder.getEncodedBuffer(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      encoded.set(part, at);
      at += part.length;
    }
    decoder.decode();
  } catch (cause) {
    throw inputError(
      `${name}: the JPEG is damaged or truncated: its image data cannot be read in full; copy it again.`,
      { cause },
    );
  }
  const samples = decoder.getDecodedBuffer().slice();
  const { width: w, height: h, componentCount: channels } = decoder.getFrameInfo();
  decoder.delete();
  if (w !== width || h !== height || samples.length !== width * height * channels)
    throw inputError(
      `${name}: the JPEG is damaged: its image data do not belong to its header; copy it again.`,
    );
  return { width, height, channels, samples, app1 };
}

/** Grey is replicated, alpha is 255. */
export function rgbaOfSamples({ width, height, channels, samples }: Omit<JpegSamples, 'app1'>): RgbaImage {
  const data = new Uint8Array(4 * width * height);
  const green = channels === 3 ? 1 : 0;
  const blue = channels === 3 ? 2 : 0;
  for (let from = 0, to = 0; to < data.length; from += channels, to += 4) {
    data[to] = samples[from] ?? 0;
    data[to + 1] = samples[from + green] ?? 0;
    data[to + 2] = samples[from + blue] ?? 0;
    data[to + 3] = 255;
  }
  return { width, height, data };
}

/**
 * Decodes a JPEG to what `cv2.imread` gives (in RGB order): libjpeg-turbo's pixels, and the orientation of the first APP1
 * segment.
 *
 * @throws ZianError (input) when the file is damaged, truncated, CMYK or over the size limit
 */
export async function decodeJpeg(bytes: Uint8Array, name: string): Promise<RgbaImage> {
  const decoded = decodeJpegSamples(await loadJpegCodec(), bytes, name);
  const { app1 } = decoded;
  const orientation = app1 === undefined ? 1 : exifOrientation(app1.subarray(EXIF_PREFIX));
  return applyOrientation(rgbaOfSamples(decoded), orientation);
}
