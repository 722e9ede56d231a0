import { readFile, stat } from 'node:fs/promises';
import { inputError } from '../../errors.js';
import type { RgbaImage } from '../../zian/image.js';
import { decodeDicom } from './dicom/dicom.js';
import { decodeJpeg } from './jpeg.js';
import { decodePng } from './png.js';
import { notAnImage, sniffImage } from './sniff.js';
import { decodeTiff } from './tiff/tiff.js';

/** Beyond any image of {@link MAX_PIXELS}, and well within what one buffer may hold. */
const MAX_FILE_BYTES = 1e9;

/**
 * Decodes a PNG, JPEG, TIFF or DICOM file (by `dicom-parser`), told apart by content. The pixels are those of
 * `cv2.imread(path)` (IMREAD_COLOR, here in RGB order): 8 bits, grey replicated, alpha dropped and not blended (but in
 * TIFF, see `decodeTiff`), 16-bit samples without their low byte (TIFF's colours are rounded), EXIF orientation applied,
 * colour profiles and gamma ignored. OpenCV does not read DICOM; see `decodeDicom`.
 *
 * @param name what messages call the image, such as its path
 * @throws ZianError (input) when it is no such image, is damaged or truncated, or has over 100 megapixels
 */
export async function decodeImage(bytes: Uint8Array, name: string): Promise<RgbaImage> {
  const format = sniffImage(bytes);
  if (format === 'png') return decodePng(bytes, name);
  if (format === 'jpeg') return decodeJpeg(bytes, name);
  if (format === 'tiff') return decodeTiff(bytes, name);
  if (format === 'dicom') return decodeDicom(bytes, name);
  throw notAnImage(bytes, name);
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;

function fileError(path: string, error: unknown): unknown {
  const code = codeOf(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return inputError(`${path}: there is no such file; check the path.`);
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return inputError(`${path}: the file cannot be read, because permission is denied.`);
  }
  return typeof code === 'string' ? inputError(`${path}: the file cannot be read (${code}).`) : error;
}

/**
 * Reads and decodes the image file at `path`; see {@link decodeImage}.
 *
 * @throws ZianError (input) also when the file is missing, a directory, unreadable or over 1 GB
 */
export async function readImageFile(path: string): Promise<RgbaImage> {
  let bytes: Uint8Array;
  try {
    const info = await stat(path);
    if (info.isDirectory()) {
      throw inputError(`${path}: expected an image file, but it is a directory; name the files in it.`);
    }
    if (!info.isFile()) {
      throw inputError(`${path}: expected an image file, but it is not a regular file.`);
    }
    if (info.size > MAX_FILE_BYTES) {
      const size = (info.size / 1e9).toFixed(2);
      throw inputError(`${path}: the file has ${size} GB, more than the 1 GB accepted for an image.`);
    }
    bytes = await readFile(path);
  } catch (error) {
    throw fileError(path, error);
  }
  return decodeImage(bytes, path);
}
