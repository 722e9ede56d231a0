import { inputError, type ZianError } from '../../errors.js';

export type ImageFormat = 'png' | 'jpeg' | 'tiff' | 'dicom';

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

const ascii = (bytes: Uint8Array, start: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(start, start + length));

const startsWith = (bytes: Uint8Array, magic: readonly number[]): boolean =>
  magic.every((value, i) => bytes[i] === value);

/** Bytes of a file that {@link isDicom} needs. */
export const DICOM_HEAD = 132;

/** A preamble of 128 bytes, and the magic (DICOM PS3.10, section 7.1). */
export const isDicom = (bytes: Uint8Array): boolean => ascii(bytes, 128, 4) === 'DICM';

/** The image format that the first bytes announce, whatever the file is called. */
export function sniffImage(bytes: Uint8Array): ImageFormat | undefined {
  if (startsWith(bytes, PNG_SIGNATURE)) return 'png';
  if (startsWith(bytes, [0xff, 0xd8, 0xff])) return 'jpeg';
  if (/^(II\*\0|MM\0\*|II\+\0|MM\0\+)/.test(ascii(bytes, 0, 4))) return 'tiff';
  if (isDicom(bytes)) return 'dicom';
  return undefined;
}

/** Common things that are handed in by mistake, and what to do about each. */
function describe(bytes: Uint8Array): string {
  const convert = 'convert it to PNG or JPEG first';
  if (bytes.length === 0) return 'the file is empty; copy or download it again';
  const head = ascii(bytes, 0, 16);
  const text = ascii(bytes, 0, 512)
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .trimStart();
  if ((bytes.length < 8 && bytes.every((byte, i) => byte === PNG_SIGNATURE[i])) || /^\xff\xd8?$/.test(head)) {
    return 'it breaks off within the first bytes of a PNG or JPEG; copy it again';
  }
  if (/^(\x89PNG|PNG\r|PNG\n)/.test(head)) {
    return 'it looks like a PNG that a text-mode transfer damaged; copy it again in binary mode';
  }
  if (text.startsWith('version https://git-lfs')) {
    return 'it is a Git LFS pointer, not the image itself; run "git lfs pull"';
  }
  if (/^(<!doctype html|<html|<head|<body)/i.test(text)) {
    return 'it is an HTML page, probably an error or login page saved in place of the image; download it again';
  }
  if (/^<(\?xml|svg|!doctype)/i.test(text)) return `it is an XML or SVG document; ${convert}`;
  if (head.startsWith('%PDF')) return `it is a PDF document; ${convert}`;
  if (head.startsWith('GIF8')) return `it is a GIF image; ${convert}`;
  if (head.startsWith('RIFF') && head.slice(8, 12) === 'WEBP') return `it is a WebP image; ${convert}`;
  if (head.slice(4, 8) === 'ftyp') return `it is a HEIC, AVIF or MP4 file; ${convert}`;
  if (startsWith(bytes, [0, 0, 0, 12, 0x6a, 0x50]) || startsWith(bytes, [0xff, 0x4f, 0xff, 0x51])) {
    return `it is a JPEG 2000 image; ${convert}`;
  }
  if (head.startsWith('BM') && bytes.length > 26) return `it is a BMP image; ${convert}`;
  if (head.startsWith('8BPS')) return `it is a Photoshop document; ${convert}`;
  if (head.startsWith('PK')) return 'it is a ZIP archive (or a PyTorch checkpoint); give an image file';
  if (startsWith(bytes, [0x1f, 0x8b])) return 'it is a gzip archive; unpack it first';
  if (/^[\t\n\r\x20-\x7e]+$/.test(ascii(bytes, 0, 64))) return 'it is a text file; give an image file';
  const hex = [...bytes.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return `its first bytes are ${hex}; give a PNG, JPEG, TIFF or DICOM image`;
}

/** The error for a file that {@link sniffImage} does not know. */
export const notAnImage = (bytes: Uint8Array, name: string): ZianError =>
  inputError(`${name}: expected a PNG, JPEG, TIFF or DICOM image, but ${describe(bytes)}.`);
