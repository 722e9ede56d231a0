import { inputError, ZianError } from '../../../errors.js';
import { checkImageSize } from '../../../images/limits.js';
import { type FieldName, readTiffDirectory, type TiffDirectory, type Values } from './directory.js';

export const Compression = {
  None: 1,
  Lzw: 5,
  Jpeg: 7,
  Deflate: 8,
  OldDeflate: 32946,
  PackBits: 32773,
} as const;

export const Photometric = { WhiteIsZero: 0, BlackIsZero: 1, Rgb: 2, Palette: 3, YCbCr: 6 } as const;

/** What the directory of a TIFF's first page says, checked. */
export interface TiffLayout {
  readonly width: number;
  readonly height: number;
  /** Per sample: 8 or 16. */
  readonly bits: 8 | 16;
  readonly samples: number;
  readonly photometric: number;
  readonly compression: number;
  /** Whether pixels are stored as differences from those before them. */
  readonly differences: boolean;
  /** Whether each sample has blocks of its own. */
  readonly planar: boolean;
  /** Whether the last sample is an alpha by which the colours have not been multiplied. */
  readonly unassociatedAlpha: boolean;
  readonly orientation: number;
  /** 256 reds, greens and blues of 16 bits; empty unless the colours are a palette's. */
  readonly palette: Values;
  /** Strips are blocks as wide as the image. */
  readonly block: { readonly columns: number; readonly rows: number; readonly tiled: boolean };
  /** Where each block is in the file, and its bytes: plane by plane, row by row. */
  readonly offsets: Values;
  readonly sizes: Values;
  readonly jpegTables: Uint8Array | undefined;
  readonly littleEndian: boolean;
}

const COMPRESSION_NAMES: Readonly<Record<number, string>> = {
  2: 'CCITT fax',
  3: 'CCITT fax',
  4: 'CCITT fax',
  6: 'old-style JPEG',
  34712: 'JPEG 2000',
  34887: 'LERC',
  50000: 'Zstandard',
  50001: 'WebP',
};

const PHOTOMETRIC_NAMES: Readonly<Record<number, string>> = {
  4: 'a transparency mask',
  5: 'CMYK',
  6: 'YCbCr that is not compressed as JPEG',
  8: 'CIE Lab',
};

const refused = (name: string, what: string): ZianError =>
  inputError(
    `${name}: the TIFF has ${what}, which is not supported; save it as 8-bit or 16-bit RGB or grey.`,
  );

export const damagedTiff = (name: string, why: string, cause?: unknown): ZianError =>
  inputError(`${name}: the TIFF is damaged or truncated: ${why}; copy it again.`, { cause });

function checkKind(photometric: number, compression: number, name: string): void {
  const known: readonly number[] = Object.values(Compression);
  if (!known.includes(compression))
    throw refused(name, `the compression ${compression} (${COMPRESSION_NAMES[compression] ?? 'unknown'})`);
  const { WhiteIsZero, BlackIsZero, Rgb, Palette, YCbCr } = Photometric;
  const jpeg = compression === Compression.Jpeg;
  const kinds: readonly number[] = jpeg
    ? [BlackIsZero, Rgb, YCbCr]
    : [WhiteIsZero, BlackIsZero, Rgb, Palette];
  if (!kinds.includes(photometric))
    throw refused(name, PHOTOMETRIC_NAMES[photometric] ?? `the kind of colours ${photometric}`);
}

/** Colour samples, without alpha. */
const coloursOf = (photometric: number): 1 | 3 =>
  photometric === Photometric.Rgb || photometric === Photometric.YCbCr ? 3 : 1;

function checkSamples(layout: TiffLayout, formats: Values, bits: Values, name: string): void {
  const { photometric, samples, planar, palette, compression } = layout;
  if (formats.subarray(0, samples).some((format) => format !== 1))
    throw refused(name, 'samples that are not unsigned integers');
  const colours = coloursOf(photometric);
  const grey = colours === 1;
  const fits = samples === colours || (samples === colours + 1 && photometric !== Photometric.Palette);
  if (!fits || (planar && grey && samples > 1))
    throw refused(name, `${samples} samples per pixel of this kind`);
  // One for all, or one for each sample; what a directory has beyond that is not read.
  const depths = [...new Set(bits.subarray(0, samples))];
  if (depths.length > 1 || (depths[0] !== 8 && depths[0] !== 16))
    throw refused(name, `${depths.join(' and ')} bits per sample`);
  if (photometric === Photometric.Palette && (palette.length !== 768 || bits[0] !== 8))
    throw refused(name, `a palette of ${palette.length / 3} colours for samples of ${bits[0]} bits`);
  if (compression === Compression.Jpeg && (bits[0] !== 8 || samples !== colours))
    throw refused(name, `${samples} samples of ${bits[0]} bits, compressed as JPEG`);
}

/**
 * Reads and checks the directory of a TIFF's first page.
 * @throws ZianError (input) when it is damaged, of a kind that is not supported, or over the size limit
 */
export function readTiffLayout(bytes: Uint8Array, name: string): TiffLayout {
  try {
    const layout = parseLayout(readTiffDirectory(bytes), name);
    checkPieces(layout, bytes.length, name);
    return layout;
  } catch (error) {
    if (error instanceof ZianError) throw error;
    throw damagedTiff(name, error instanceof Error ? error.message : 'its directory cannot be read', error);
  }
}

/** From the directory alone, before any memory is taken for pixels. */
function checkPieces(layout: TiffLayout, fileBytes: number, name: string): void {
  const { width, height, block, bits, samples, planar, compression, offsets, sizes } = layout;
  const down = Math.ceil(height / block.rows);
  const perPlane = Math.ceil(width / block.columns) * down;
  const blocks = perPlane * (planar ? samples : 1);
  if (offsets.length < blocks || sizes.length < blocks)
    throw damagedTiff(name, `it names ${offsets.length} of ${blocks} pieces of the image`);
  for (let index = 0; index < blocks; index++) {
    const size = sizes[index] ?? 0;
    const end = (offsets[index] ?? 0) + size;
    if (end > fileBytes)
      throw damagedTiff(name, `it ends after ${fileBytes} bytes, and pixels should be at ${end}`);
    const lastRow = !block.tiled && index % perPlane === perPlane - 1;
    const rows = lastRow ? height - (down - 1) * block.rows : block.rows;
    const wanted = (block.columns * rows * (planar ? 1 : samples) * bits) / 8;
    if (compression === Compression.None && size < wanted)
      throw damagedTiff(name, `a piece of the image has ${size} bytes in place of ${wanted}`);
  }
}

const NO_VALUES = new Float64Array(0);

function parseLayout({ fields, littleEndian }: TiffDirectory, name: string): TiffLayout {
  const all = (field: FieldName): Values => fields.get(field) ?? NO_VALUES;
  const one = (field: FieldName, otherwise: number): number => all(field)[0] ?? otherwise;
  const width = one('ImageWidth', 0);
  const height = one('ImageLength', 0);
  checkImageSize(name, width, height);
  const samples = one('SamplesPerPixel', 1);
  const photometric = one('PhotometricInterpretation', -1);
  const compression = one('Compression', Compression.None);
  checkKind(photometric, compression, name);
  if (one('FillOrder', 1) !== 1) throw refused(name, 'bits in reverse order (FillOrder 2)');
  const predictor = one('Predictor', 1);
  if (predictor !== 1 && predictor !== 2) throw refused(name, `the predictor ${predictor}`);
  const bits = all('BitsPerSample');
  const extra = all('ExtraSamples');
  const tiled = all('TileOffsets').length > 0;
  const rows = tiled ? one('TileLength', 0) : Math.min(one('RowsPerStrip', height), height);
  const columns = tiled ? one('TileWidth', 0) : width;
  const tables = all('JPEGTables');
  const orientation = one('Orientation', 1);
  const layout: TiffLayout = {
    width,
    height,
    bits: bits[0] === 16 ? 16 : 8,
    samples,
    photometric,
    compression,
    differences: predictor === 2,
    planar: samples > 1 && one('PlanarConfiguration', 1) === 2,
    unassociatedAlpha: samples === 4 && extra[0] === 2,
    orientation: orientation >= 1 && orientation <= 8 ? orientation : 1,
    palette: all('ColorMap'),
    block: { columns, rows, tiled },
    offsets: all(tiled ? 'TileOffsets' : 'StripOffsets'),
    sizes: all(tiled ? 'TileByteCounts' : 'StripByteCounts'),
    jpegTables: tables.length === 0 ? undefined : Uint8Array.from(tables),
    littleEndian,
  };
  checkSamples(layout, all('SampleFormat'), bits.length === 0 ? Float64Array.of(1) : bits, name);
  // A tile may be larger than the image, but not than an image may be.
  checkImageSize(name, columns, rows);
  return layout;
}
