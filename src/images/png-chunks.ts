import { inputError } from '../errors.js';
import { crc32 } from './crc32.js';
import { checkImageSize } from './limits.js';

export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Bits per sample: 1, 2, 4, 8 or 16. */
  readonly depth: number;
  readonly colorType: ColorType;
  readonly interlaced: boolean;
}

export const ColorType = { Grey: 0, Rgb: 2, Palette: 3, GreyAlpha: 4, Rgba: 6 } as const;
export type ColorType = (typeof ColorType)[keyof typeof ColorType];

export interface PngFile {
  readonly header: PngHeader;
  /** R, G, B per entry; empty unless the image is of palette type. */
  readonly palette: Uint8Array;
  /** The zlib stream of the pixels, in pieces. */
  readonly data: readonly Uint8Array[];
  /** TIFF structure of an eXIf chunk. */
  readonly exif: Uint8Array | undefined;
}

const DEPTHS: Readonly<Record<ColorType, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

const isPalette = ({ length }: Uint8Array): boolean => length > 0 && length <= 768 && length % 3 === 0;

const isColorType = (value: number | undefined): value is ColorType =>
  value === 0 || value === 2 || value === 3 || value === 4 || value === 6;

function parseHeader(body: Uint8Array, name: string): PngHeader {
  const bad = (what: string) => inputError(`${name}: not a valid PNG, because its header has ${what}.`);
  if (body.length !== 13) throw bad(`${body.length} bytes in place of 13`);
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const width = view.getUint32(0);
  const height = view.getUint32(4);
  const [depth = 0, colorType, compression, filter, interlace = 0] = body.subarray(8);
  if (!isColorType(colorType) || !DEPTHS[colorType].includes(depth)) {
    throw bad(`the unknown combination of colour type ${colorType} and ${depth} bits`);
  }
  if (compression !== 0 || filter !== 0 || interlace > 1) {
    throw bad(`an unknown compression, filter or interlace method (${compression}, ${filter}, ${interlace})`);
  }
  checkImageSize(name, width, height);
  return { width, height, depth, colorType, interlaced: interlace === 1 };
}

/**
 * Reads the chunks of a PNG (W3C PNG specification, section 5) up to IEND; what follows is ignored.
 *
 * As in libpng, a wrong checksum is an error in the chunks that the pixels depend on, and discards an
 * optional one. tRNS, gAMA, iCCP and the like are not looked at: `cv2.imread` drops alpha and
 * ignores colour profiles.
 *
 * @throws ZianError (input) when the file is cut off, damaged, or no PNG at all
 */
export function parsePng(bytes: Uint8Array, name: string): PngFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data: Uint8Array[] = [];
  let header: PngHeader | undefined;
  let palette: Uint8Array = new Uint8Array(0);
  let exif: Uint8Array | undefined;
  let offset = 8;
  let last = '';
  for (;;) {
    const length = offset + 8 <= bytes.length ? view.getUint32(offset) : Number.POSITIVE_INFINITY;
    const end = offset + 12 + length;
    if (end > bytes.length) {
      throw inputError(
        `${name}: the PNG is truncated, because it ends after ${bytes.length} bytes inside a chunk; copy it again.`,
      );
    }
    const typed = bytes.subarray(offset + 4, end - 4);
    const body = typed.subarray(4);
    const type = String.fromCharCode(...typed.subarray(0, 4));
    if (!/^[A-Za-z]{4}$/.test(type)) {
      throw inputError(`${name}: the PNG is damaged: no chunk starts at byte ${offset}; copy it again.`);
    }
    if ((header === undefined) !== (type === 'IHDR')) {
      throw inputError(`${name}: the PNG is damaged: chunk ${type} at byte ${offset} is out of order.`);
    }
    const critical = type < 'a';
    const intact = crc32(typed) === view.getUint32(end - 4);
    if (critical && !intact) {
      throw inputError(
        `${name}: the PNG is damaged: wrong checksum of chunk ${type} at byte ${offset}; copy it again.`,
      );
    }
    offset = end;
    const previous = last;
    last = type;
    if (type === 'IHDR') {
      header = parseHeader(body, name);
    } else if (type === 'PLTE') {
      if (header?.colorType === ColorType.Palette) {
        if (palette.length > 0 || data.length > 0) {
          throw inputError(`${name}: the PNG is damaged: its palette is out of order or comes twice.`);
        }
        palette = body;
      }
    } else if (type === 'IDAT') {
      if (data.length > 0 && previous !== 'IDAT') {
        throw inputError(
          `${name}: the PNG is damaged: chunk ${previous} is in the middle of its image data.`,
        );
      }
      data.push(body);
    } else if (type === 'eXIf') {
      if (intact) exif ??= body;
    } else if (type === 'IEND') {
      break;
    } else if (critical) {
      throw inputError(`${name}: the PNG has a chunk ${type} that no standard decoder understands.`);
    }
  }
  if (header === undefined || data.length === 0) {
    throw inputError(`${name}: the PNG has no image data; copy it again.`);
  }
  if (header.colorType === ColorType.Palette && !isPalette(palette)) {
    throw inputError(`${name}: the PNG is damaged: its palette is missing or not a list of RGB colours.`);
  }
  return { header, palette, data, exif };
}
