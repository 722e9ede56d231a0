import type { DataSet } from 'dicom-parser';
import { inputError, ZianError } from '../../../errors.js';
import { checkImageSize } from '../../../images/limits.js';
import { printable } from '../../../printable.js';
import { optionalPackage } from '../optional-package.js';

export const PHOTOMETRICS = [
  'MONOCHROME1',
  'MONOCHROME2',
  'RGB',
  'YBR_FULL',
  'YBR_FULL_422',
  'PALETTE COLOR',
] as const;
export type DicomPhotometric = (typeof PHOTOMETRICS)[number];

/** How a DICOM file's pixels are stored. */
export type DicomCoding = 'native' | 'native-big-endian' | 'rle' | 'jpeg';

/** One colour of a palette: the value of the first entry, and the entries as 8 bits. */
export interface DicomPalette {
  readonly first: number;
  readonly entries: Uint8Array;
}

/** What a DICOM file says of its image, checked. */
export interface DicomHeader {
  readonly width: number;
  readonly height: number;
  readonly photometric: DicomPhotometric;
  readonly samples: 1 | 3;
  /** Whether native colours are stored plane by plane. */
  readonly planar: boolean;
  readonly bitsAllocated: 8 | 16;
  readonly bitsStored: number;
  readonly coding: DicomCoding;
  /** Red, green, blue; empty unless the colours are a palette's. */
  readonly palettes: readonly DicomPalette[];
  /** The frame: native samples, or what is encapsulated. */
  readonly frame: Uint8Array;
}

const CODINGS: Readonly<Record<string, DicomCoding>> = {
  '1.2.840.10008.1.2': 'native',
  '1.2.840.10008.1.2.1': 'native',
  '1.2.840.10008.1.2.2': 'native-big-endian',
  '1.2.840.10008.1.2.5': 'rle',
  '1.2.840.10008.1.2.4.50': 'jpeg',
  '1.2.840.10008.1.2.4.51': 'jpeg',
};

const REFUSED_CODINGS: Readonly<Record<string, string>> = {
  '1.2.840.10008.1.2.1.99': 'deflated',
  '1.2.840.10008.1.2.4.57': 'JPEG lossless',
  '1.2.840.10008.1.2.4.70': 'JPEG lossless',
  '1.2.840.10008.1.2.4.80': 'JPEG-LS',
  '1.2.840.10008.1.2.4.81': 'JPEG-LS',
  '1.2.840.10008.1.2.4.90': 'JPEG 2000',
  '1.2.840.10008.1.2.4.91': 'JPEG 2000',
};

const TAG = {
  transferSyntax: 'x00020010',
  samples: 'x00280002',
  photometric: 'x00280004',
  planar: 'x00280006',
  frames: 'x00280008',
  rows: 'x00280010',
  columns: 'x00280011',
  bitsAllocated: 'x00280100',
  bitsStored: 'x00280101',
  highBit: 'x00280102',
  signed: 'x00280103',
  /** Descriptor and data of the red, green and blue palette. */
  palettes: [
    ['x00281101', 'x00281201'],
    ['x00281102', 'x00281202'],
    ['x00281103', 'x00281203'],
  ],
  pixels: 'x7fe00010',
} as const;

export const damagedDicom = (name: string, why: string, cause?: unknown): ZianError =>
  inputError(`${name}: the DICOM file is damaged or truncated: ${why}; copy it again.`, { cause });

const refused = (name: string, what: string): ZianError =>
  inputError(`${name}: the DICOM image ${what}, which is not supported; export it as PNG, JPEG or TIFF.`);

async function loadParser(name: string): Promise<(bytes: Uint8Array) => DataSet> {
  // A CommonJS package: what it exports is its default.
  const { default: library } = await optionalPackage(
    'dicom-parser',
    name,
    'a DICOM image',
    () => import('dicom-parser'),
  );
  const inflater = (): never => {
    throw refused(name, 'is deflated');
  };
  return (bytes) => library.parseDicom(bytes, { inflater });
}

function palette(data: DataSet, [descriptor, table]: readonly [string, string], name: string): DicomPalette {
  const count = data.uint16(descriptor, 0) || 65_536;
  const first = data.uint16(descriptor, 1) ?? 0;
  const bits = data.uint16(descriptor, 2);
  const element = data.elements[table];
  if (element === undefined || (bits !== 8 && bits !== 16))
    throw refused(name, 'has a palette of an unknown kind');
  // Entries of 8 bits are stored in bytes by some writers, and in words by others.
  const inBytes = bits === 8 && element.length < 2 * count;
  if (element.length < (inBytes ? count : 2 * count)) throw damagedDicom(name, 'its palette is too short');
  const entries = Uint8Array.from({ length: count }, (_, i) => {
    if (inBytes) return data.byteArray[element.dataOffset + i] ?? 0;
    return (data.uint16(table, i) ?? 0) >> (bits - 8);
  });
  return { first, entries };
}

function frameOf(data: DataSet, coding: DicomCoding, name: string): Uint8Array {
  const element = data.elements[TAG.pixels];
  if (element === undefined)
    throw inputError(
      `${name}: the DICOM file holds no image (a report or an index, perhaps); give the image's file.`,
    );
  const fragments = element.fragments ?? [];
  if (coding === 'rle' || coding === 'jpeg') {
    if (fragments.length === 0) throw damagedDicom(name, 'its compressed pixels are not there');
    const pieces = fragments.map(({ position, length }) =>
      data.byteArray.subarray(position, position + length),
    );
    return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
  }
  return data.byteArray.subarray(element.dataOffset, element.dataOffset + element.length);
}

function checkBits(data: DataSet, samples: number, name: string): { allocated: 8 | 16; stored: number } {
  const allocated = data.uint16(TAG.bitsAllocated);
  const stored = data.uint16(TAG.bitsStored) ?? allocated ?? 0;
  const highBit = data.uint16(TAG.highBit) ?? stored - 1;
  if ((allocated !== 8 && allocated !== 16) || (samples === 3 && allocated !== 8))
    throw refused(name, `has ${samples} samples of ${allocated} bits per pixel`);
  if (stored < 8 || stored > allocated || highBit !== stored - 1)
    throw refused(name, `stores ${stored} bits of ${allocated}, up to bit ${highBit}`);
  if (data.uint16(TAG.signed) === 1) throw refused(name, 'has signed samples');
  return { allocated, stored };
}

/**
 * Reads and checks what a DICOM file says of its image. A file of several frames is refused, since the first of a volume or
 * an angiography is not what the file is about.
 *
 * @throws ZianError (input) when it is damaged, of a kind that is not supported, over the size limit, or `dicom-parser` is
 * missing
 */
export async function readDicomHeader(bytes: Uint8Array, name: string): Promise<DicomHeader> {
  const parse = await loadParser(name);
  try {
    return headerOf(parse(bytes), name);
  } catch (error) {
    if (error instanceof ZianError) throw error;
    // The library throws texts and errors of its own, also when an element is read.
    throw damagedDicom(name, 'its elements cannot be read', error);
  }
}

function headerOf(data: DataSet, name: string): DicomHeader {
  const syntax = data.string(TAG.transferSyntax) ?? '1.2.840.10008.1.2';
  const coding = CODINGS[syntax];
  if (coding === undefined)
    throw refused(
      name,
      `is stored as ${REFUSED_CODINGS[syntax] ?? 'an unknown syntax'} (${printable(syntax, 64)})`,
    );
  const width = data.uint16(TAG.columns) ?? 0;
  const height = data.uint16(TAG.rows) ?? 0;
  const frame = frameOf(data, coding, name);
  checkImageSize(name, width, height);
  const frames = data.intString(TAG.frames) ?? 1;
  if (frames !== 1)
    throw inputError(
      `${name}: the DICOM file has ${frames} frames, and which of them is meant cannot be known; export the frame as a file of its own.`,
    );
  const text = data.string(TAG.photometric)?.trim() ?? '';
  const photometric = PHOTOMETRICS.find((known) => known === text);
  if (photometric === undefined)
    throw refused(name, `has the photometric interpretation '${printable(text, 20)}'`);
  const samples = data.uint16(TAG.samples) ?? 1;
  const single = photometric.startsWith('MONOCHROME') || photometric === 'PALETTE COLOR';
  if (samples !== (single ? 1 : 3)) throw refused(name, `has ${samples} samples per pixel of ${photometric}`);
  const { allocated, stored } = checkBits(data, samples, name);
  return {
    width,
    height,
    photometric,
    samples: single ? 1 : 3,
    planar: data.uint16(TAG.planar) === 1,
    bitsAllocated: allocated,
    bitsStored: stored,
    coding,
    palettes: photometric === 'PALETTE COLOR' ? TAG.palettes.map((tags) => palette(data, tags, name)) : [],
    frame,
  };
}
