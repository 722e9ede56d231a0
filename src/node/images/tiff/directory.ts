/** Fields of TIFF 6.0 that are read here, and their numbers in a directory. */
const TAGS = {
  ImageWidth: 256,
  ImageLength: 257,
  BitsPerSample: 258,
  Compression: 259,
  PhotometricInterpretation: 262,
  FillOrder: 266,
  StripOffsets: 273,
  Orientation: 274,
  SamplesPerPixel: 277,
  RowsPerStrip: 278,
  StripByteCounts: 279,
  PlanarConfiguration: 284,
  Predictor: 317,
  ColorMap: 320,
  TileWidth: 322,
  TileLength: 323,
  TileOffsets: 324,
  TileByteCounts: 325,
  ExtraSamples: 338,
  SampleFormat: 339,
  JPEGTables: 347,
} as const;
export type FieldName = keyof typeof TAGS;

/** A field's numbers. */
export type Values = Uint8Array | Float64Array;

/** Each field's numbers; a field that is not there is missing. */
export interface TiffDirectory {
  readonly littleEndian: boolean;
  readonly fields: ReadonlyMap<FieldName, Values>;
}

/** More values than any field has in a picture of the largest size accepted, cut into pieces of 100 pixels. */
const MOST_VALUES = 1 << 20;

/** Bytes of a value, by the number of its type: BYTE, SHORT, LONG, UNDEFINED, LONG8. */
const TYPE_BYTES: Readonly<Record<number, 1 | 2 | 4 | 8>> = { 1: 1, 3: 2, 4: 4, 7: 1, 16: 8 };

const NAMES = new Map<number, FieldName>();
for (const name of Object.keys(TAGS)) if (isFieldName(name)) NAMES.set(TAGS[name], name);

function isFieldName(name: string): name is FieldName {
  return Object.hasOwn(TAGS, name);
}

/** Numbers of a TIFF file in its byte order; those of 64 bits must be safe integers. */
class Reader {
  readonly #view: DataView;
  readonly littleEndian: boolean;
  readonly big: boolean;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.littleEndian = bytes[0] === 0x49;
    this.big = this.number(2, 2) === 43;
  }

  /** @throws Error where there are no such bytes */
  number(at: number, size: 1 | 2 | 4 | 8): number {
    if (at + size > this.#view.byteLength) throw new Error(`it ends before byte ${at + size}`);
    if (size === 1) return this.#view.getUint8(at);
    if (size === 2) return this.#view.getUint16(at, this.littleEndian);
    if (size === 4) return this.#view.getUint32(at, this.littleEndian);
    const value = Number(this.#view.getBigUint64(at, this.littleEndian));
    if (!Number.isSafeInteger(value)) throw new Error(`it names the byte ${value}`);
    return value;
  }

  /** An offset or a count: of 64 bits in BigTIFF, of 32 elsewhere. */
  offset(at: number): number {
    return this.number(at, this.big ? 8 : 4);
  }
}

function readField(reader: Reader, bytes: Uint8Array, entry: number): Values {
  const type = reader.number(entry + 2, 2);
  const size = TYPE_BYTES[type];
  if (size === undefined) throw new Error(`a field has values of the type ${type}`);
  const count = reader.offset(entry + 4);
  if (count > MOST_VALUES) throw new Error(`a field has ${count} values`);
  const valueAt = entry + (reader.big ? 12 : 8);
  const at = count * size <= (reader.big ? 8 : 4) ? valueAt : reader.offset(valueAt);
  if (at + count * size > bytes.length)
    throw new Error(`a field's values should end at ${at + count * size}`);
  if (size === 1) return bytes.subarray(at, at + count);
  return Float64Array.from({ length: count }, (_, i) => reader.number(at + i * size, size));
}

/**
 * Reads the first directory of a TIFF or BigTIFF file (TIFF 6.0, section 2). Memory is bounded by the number of fields
 * known here, whatever the directory names: where a field comes twice the first one counts, as in libtiff.
 *
 * @throws Error where it is cut off or contradicts itself
 */
export function readTiffDirectory(bytes: Uint8Array): TiffDirectory {
  const reader = new Reader(bytes);
  const { big, littleEndian } = reader;
  const start = reader.offset(big ? 8 : 4);
  const entries = reader.number(start, big ? 8 : 2);
  const fields = new Map<FieldName, Values>();
  const first = start + (big ? 8 : 2);
  const entryBytes = big ? 20 : 12;
  // The next directory's offset follows; without it the file was cut off.
  if (first + entries * entryBytes + (big ? 8 : 4) > bytes.length)
    throw new Error(`its directory should have ${entries} fields`);
  for (let i = 0; i < entries; i++) {
    const entry = first + i * entryBytes;
    const name = NAMES.get(reader.number(entry, 2));
    if (name !== undefined && !fields.has(name)) fields.set(name, readField(reader, bytes, entry));
  }
  return { littleEndian, fields };
}
