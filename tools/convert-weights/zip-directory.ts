import { inputError, type ZianError } from '../../src/errors.js';
import type { ByteSource } from '../../src/weights/byte-source.js';
import { quote } from '../../src/weights/quote.js';

/** One file of a zip archive, as the central directory describes it. */
export interface ZipEntry {
  readonly name: string;
  /** 0 stored, 8 deflated. */
  readonly method: 0 | 8;
  readonly compressedSize: number;
  readonly size: number;
  /** Where its local header starts. */
  readonly headerOffset: number;
}

const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const ZIP64_LOCATOR_SIGNATURE = 0x07064b50;
const ZIP64_LOCATOR_BYTES = 20;
const ZIP64_END_SIGNATURE = 0x06064b50;
const ZIP64_END_BYTES = 56;
const ENTRY_SIGNATURE = 0x02014b50;
const ENTRY_BYTES = 46;
const LOCAL_HEADER_BYTES = 30;
const MAX_COMMENT = 0xffff;
const MAX_DIRECTORY = 64 << 20;

const damaged = (source: ByteSource, what: string): ZianError =>
  inputError(`${source.name} is a damaged zip archive: ${what}; copy or download it again.`);

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** A 64-bit size or offset; those beyond the safe integers become NaN, which no range check accepts. */
function u64(view: DataView, at: number): number {
  const value = Number(view.getBigUint64(at, true));
  return Number.isSafeInteger(value) ? value : Number.NaN;
}

interface DirectoryLocation {
  readonly count: number;
  readonly size: number;
  readonly offset: number;
  /** Where the directory must have ended. */
  readonly limit: number;
}

/** The end record is the last thing in the file but for a comment, whose length it states. */
async function findEnd(source: ByteSource): Promise<{ view: DataView; offset: number }> {
  const length = Math.min(source.size, END_BYTES + MAX_COMMENT);
  const start = source.size - length;
  const view = viewOf(await source.read(start, length));
  for (let at = length - END_BYTES; at >= 0; at--) {
    if (view.getUint32(at, true) !== END_SIGNATURE) continue;
    if (at + END_BYTES + view.getUint16(at + 20, true) !== length) continue;
    return { view: new DataView(view.buffer, view.byteOffset + at, END_BYTES), offset: start + at };
  }
  throw inputError(
    `${source.name} is a truncated zip archive: the directory at its end is missing; copy or download it again.`,
  );
}

/** The zip64 end record, where the archive has one. PyTorch writes it even where it is not needed. */
async function findZip64End(source: ByteSource, endOffset: number): Promise<DirectoryLocation | undefined> {
  const locatorOffset = endOffset - ZIP64_LOCATOR_BYTES;
  if (locatorOffset < 0) return undefined;
  const locator = viewOf(await source.read(locatorOffset, ZIP64_LOCATOR_BYTES));
  if (locator.getUint32(0, true) !== ZIP64_LOCATOR_SIGNATURE) return undefined;
  const limit = u64(locator, 8);
  if (!(limit + ZIP64_END_BYTES <= locatorOffset))
    throw damaged(source, 'its zip64 record is outside the file');
  const view = viewOf(await source.read(limit, ZIP64_END_BYTES));
  if (view.getUint32(0, true) !== ZIP64_END_SIGNATURE) throw damaged(source, 'its zip64 record is missing');
  if (view.getUint32(16, true) !== 0 || view.getUint32(20, true) !== 0) {
    throw inputError(`${source.name} is one part of a zip archive in several parts, which cannot be read.`);
  }
  return { count: u64(view, 32), size: u64(view, 40), offset: u64(view, 48), limit };
}

async function locateDirectory(source: ByteSource): Promise<DirectoryLocation> {
  const { view, offset: endOffset } = await findEnd(source);
  const zip64 = await findZip64End(source, endOffset);
  if (zip64 !== undefined) return zip64;
  if (view.getUint16(4, true) !== 0 || view.getUint16(6, true) !== 0) {
    throw inputError(`${source.name} is one part of a zip archive in several parts, which cannot be read.`);
  }
  return {
    count: view.getUint16(10, true),
    size: view.getUint32(12, true),
    offset: view.getUint32(16, true),
    limit: endOffset,
  };
}

interface Sizes {
  size: number;
  compressedSize: number;
  headerOffset: number;
}

/** Fields that do not fit 32 bits are in the zip64 extra field, in a fixed order. */
function applyZip64(sizes: Sizes, extra: DataView): boolean {
  for (let at = 0; at + 4 <= extra.byteLength; ) {
    const end = at + 4 + extra.getUint16(at + 2, true);
    if (end > extra.byteLength) return false;
    if (extra.getUint16(at, true) === 1) {
      let field = at + 4;
      for (const key of ['size', 'compressedSize', 'headerOffset'] as const) {
        if (sizes[key] !== 0xffffffff) continue;
        if (field + 8 > end) return false;
        sizes[key] = u64(extra, field);
        field += 8;
      }
      return true;
    }
    at = end;
  }
  return !Object.values(sizes).includes(0xffffffff);
}

function checkEntry(source: ByteSource, name: string, method: number, flags: number, sizes: Sizes): 0 | 8 {
  if ((flags & 1) !== 0) throw inputError(`${source.name}: its entry ${quote(name)} is encrypted.`);
  if (method !== 0 && method !== 8) {
    throw inputError(
      `${source.name}: its entry ${quote(name)} is compressed by zip method ${method}; only stored and deflated ones can be read.`,
    );
  }
  // Negated, so that NaN (a size beyond the safe integers) is refused too.
  if (!(sizes.headerOffset + LOCAL_HEADER_BYTES + sizes.compressedSize <= source.size)) {
    throw damaged(source, `its entry ${quote(name)} lies outside the file`);
  }
  if (!Number.isSafeInteger(sizes.size) || (method === 0 && sizes.size !== sizes.compressedSize)) {
    throw damaged(source, `its entry ${quote(name)} states two sizes that cannot both be true`);
  }
  return method;
}

function parseEntry(source: ByteSource, directory: Uint8Array, at: number): { entry: ZipEntry; end: number } {
  const view = viewOf(directory);
  if (at + ENTRY_BYTES > directory.byteLength || view.getUint32(at, true) !== ENTRY_SIGNATURE) {
    throw damaged(source, 'its directory is not readable');
  }
  const nameEnd = at + ENTRY_BYTES + view.getUint16(at + 28, true);
  const extraEnd = nameEnd + view.getUint16(at + 30, true);
  const end = extraEnd + view.getUint16(at + 32, true);
  if (end > directory.byteLength) throw damaged(source, 'its directory is not readable');
  const name = new TextDecoder().decode(directory.subarray(at + ENTRY_BYTES, nameEnd));
  const sizes: Sizes = {
    compressedSize: view.getUint32(at + 20, true),
    size: view.getUint32(at + 24, true),
    headerOffset: view.getUint32(at + 42, true),
  };
  if (!applyZip64(sizes, viewOf(directory.subarray(nameEnd, extraEnd)))) {
    throw damaged(source, `its entry ${quote(name)} lacks its size`);
  }
  const method = checkEntry(source, name, view.getUint16(at + 10, true), view.getUint16(at + 8, true), sizes);
  return { entry: { name, method, ...sizes }, end };
}

/**
 * The entries of a zip archive by name, in the directory's order (APPNOTE 6.3.10, zip64 included).
 *
 * @throws ZianError (input) where the archive is truncated or damaged, an entry is encrypted, named
 *   twice, outside the file, or compressed by another method than deflate.
 */
export async function readZipDirectory(source: ByteSource): Promise<ReadonlyMap<string, ZipEntry>> {
  if (source.size < END_BYTES) {
    throw inputError(`${source.name} is a truncated zip archive of ${source.size} bytes.`);
  }
  const { count, size, offset, limit } = await locateDirectory(source);
  if (!(offset + size <= limit) || !(count * ENTRY_BYTES <= size)) {
    throw damaged(source, 'its directory lies outside the file');
  }
  if (size > MAX_DIRECTORY) {
    throw inputError(
      `${source.name} is a zip archive with a directory of ${size} bytes, too large to be read.`,
    );
  }
  const directory = await source.read(offset, size);
  const entries = new Map<string, ZipEntry>();
  for (let i = 0, at = 0; i < count; i++) {
    const { entry, end } = parseEntry(source, directory, at);
    if (entries.has(entry.name)) {
      throw inputError(`${source.name}: its zip directory lists ${quote(entry.name)} twice.`);
    }
    entries.set(entry.name, entry);
    at = end;
  }
  return entries;
}
