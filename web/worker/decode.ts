import { inputError } from '../../src/errors.js';
import { DECODE_OPTIONS } from '../../src/web/decode.js';
import { FILE_KIND_BYTES, fileKind } from '../../src/weights/index.js';
import type { RgbaImage } from '../../src/zian/image.js';
import { scanHalfWidth } from '../../src/zian/scan.js';
import type { Picture, Side } from '../shared/messages.js';

const KIND_HINTS: Readonly<Record<string, string>> = {
  empty: 'it is empty',
  html: 'it is an HTML page',
  zip: 'it is a zip archive or a PyTorch checkpoint; open checkpoints as a model',
  safetensors: 'it is a safetensors file; open it as a model',
  'git-lfs': 'it is a Git LFS pointer, not the file itself',
};

async function hintOf(blob: Blob): Promise<string> {
  const head = new Uint8Array(await blob.slice(0, FILE_KIND_BYTES).arrayBuffer());
  if (head[0] === 0x49 && head[1] === 0x49 && head[2] === 0x2a) return 'it is a TIFF; save it as PNG first';
  if (head[0] === 0x4d && head[1] === 0x4d && head[3] === 0x2a) return 'it is a TIFF; save it as PNG first';
  if (String.fromCharCode(...head.subarray(128, 132)) === 'DICM')
    return 'it is a DICOM file; export it as PNG first';
  return KIND_HINTS[fileKind(head)] ?? 'PNG, JPEG and WebP can be read by every browser';
}

/**
 * Decodes a picture with the pixels that the command line gets: turned as its EXIF data say, colour profiles ignored.
 * @throws ZianError (input) where this browser cannot
 */
export async function decodePicture({ name, blob }: Picture): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(blob, DECODE_OPTIONS);
  } catch (cause) {
    throw inputError(`${name} is no picture that this browser can read: ${await hintOf(blob)}.`, { cause });
  }
}

/**
 * Half of a scan, as the network sees it.
 * @param width of the whole scan
 * @throws ZianError (input) where the scan is too narrow
 */
export async function decodeHalf(
  { name, blob }: Picture,
  width: number,
  height: number,
  side: Side,
): Promise<ImageBitmap> {
  const half = scanHalfWidth(width, name);
  return createImageBitmap(blob, side === 'left' ? 0 : half, 0, half, height, DECODE_OPTIONS);
}

/** A bitmap's pixels, to draw on: transparent ones lose some of their colour. */
export function pixelsOf(bitmap: ImageBitmap): RgbaImage {
  const { width, height } = bitmap;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw inputError(`A picture of ${width} × ${height} pixels is too large for this browser.`);
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  return { width, height, data: new Uint8Array(data.buffer) };
}

const THUMBNAIL = 96;

/** A small picture for lists. */
export async function thumbnailOf(bitmap: ImageBitmap): Promise<Blob> {
  const scale = Math.min(1, THUMBNAIL / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no 2d context');
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, width, height);
  return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.8 });
}
