import { inputError } from '../../src/errors.js';
import { DECODE_OPTIONS } from '../../src/web/decode.js';
import { FILE_KIND_BYTES, fileKind } from '../../src/weights/index.js';
import type { RgbaImage } from '../../src/zian/image.js';
import { cutScan, scanHalfWidth } from '../../src/zian/scan.js';
import { asBitmap, type DecodedPicture, decodeNamed } from '../shared/decode.js';
import type { Picture, Side } from '../shared/messages.js';

const KIND_HINTS: Readonly<Record<string, string>> = {
  empty: 'it is empty',
  html: 'it is an HTML page',
  zip: 'it is a zip archive or a PyTorch checkpoint; open checkpoints as a model',
  safetensors: 'it is a safetensors file; open it as a model',
  'git-lfs': 'it is a Git LFS pointer, not the file itself',
};

/** What a file is that is no picture, where it is known and that helps. */
async function hintOf(blob: Blob): Promise<string | undefined> {
  const head = new Uint8Array(await blob.slice(0, FILE_KIND_BYTES).arrayBuffer());
  const startsWith = (text: string, at = 0): boolean =>
    String.fromCharCode(...head.subarray(at, at + text.length)) === text;
  if (startsWith('II*\0') || startsWith('MM\0*')) return 'it is a TIFF; save it as PNG first';
  if (startsWith('DICM', 128)) return 'it is a DICOM file; export it as PNG first';
  return KIND_HINTS[fileKind(head)];
}

/** @throws ZianError (input) where this browser cannot read it */
export async function decodePicture({ name, blob }: Picture): Promise<DecodedPicture> {
  try {
    return await decodeNamed(name, blob);
  } catch (cause) {
    const hint = await hintOf(blob).catch(() => undefined);
    if (hint === undefined) throw cause;
    throw inputError(`${name} is no picture that this browser can read: ${hint}.`, { cause });
  }
}

/**
 * Half of a scan, as the network sees it.
 * @param name for messages
 * @throws ZianError (input) where the scan is too narrow
 */
export async function halfOf(scan: DecodedPicture, side: Side, name: string): Promise<DecodedPicture> {
  if (!(scan instanceof ImageBitmap)) return cutScan(scan, name)[side];
  const width = scanHalfWidth(scan.width, name);
  return createImageBitmap(scan, side === 'left' ? 0 : width, 0, width, scan.height, DECODE_OPTIONS);
}

/** Pixels to draw on. */
export function pixelsOf(picture: DecodedPicture): RgbaImage {
  if (!(picture instanceof ImageBitmap)) return picture;
  const { width, height } = picture;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw inputError(`A picture of ${width} × ${height} pixels is too large for this browser.`);
  context.drawImage(picture, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  return { width, height, data: new Uint8Array(data.buffer) };
}

const THUMBNAIL = 96;

/** A small picture for lists. */
export async function thumbnailOf(picture: DecodedPicture): Promise<Blob> {
  const bitmap = await asBitmap(picture);
  const scale = Math.min(1, THUMBNAIL / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no 2d context');
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, width, height);
  if (bitmap !== picture) bitmap.close();
  return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.8 });
}
