import { inputError, type ZianError } from '../../src/errors.js';
import { isPlainName } from '../../src/printable.js';
import type { ByteSource } from '../../src/weights/byte-source.js';
import { quote } from '../../src/weights/quote.js';

/** One stored file of a zip archive, as the central directory describes it. */
export interface ZipEntry {
  readonly name: string;
  /** The name as it is in the file. */
  readonly nameBytes: Uint8Array;
  readonly crc: number;
  /** Bytes of its content, which is stored as it is. */
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
/** The largest ZIAN checkpoint has 6,000 entries. */
const MAX_ENTRIES = 100_000;
const MAX_DIRECTORY = 16 << 20;
/** Weights compress to 90 %, and their pickle to a tenth. */
const BOMB_RATIO = 100;
/** General purpose bits 0, 6 and 13: encrypted content, strongly so, and an encrypted directory. */
const ENCRYPTED = 0x2041;

export const isEncrypted = (flags: number): boolean => (flags & ENCRYPTED) !== 0;

/** The code of an archive that torch.jit.save wrote, the only thing that PyTorch compresses. */
const SCRIPT_CODE = /^[^/]*\/code\//;

export const torchScript = ({ name }: ByteSource): ZianError =>
  inputError(
    `${name} is a TorchScript archive (torch.jit.save), which holds code; save the model's state_dict() with torch.save instead.`,
  );

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

/**
 * The end record is the last thing in the file but for a comment, whose length it states. Where none states it rightly,
 * something was appended to the file, and the last record is meant, as PyTorch takes it.
 */
async function findEnd(source: ByteSource): Promise<{ view: DataView; offset: number }> {
  const length = Math.min(source.size, END_BYTES + MAX_COMMENT);
  const start = source.size - length;
  const view = viewOf(await source.read(start, length));
  let found: number | undefined;
  for (let at = length - END_BYTES; at >= 0; at--) {
    if (view.getUint32(at, true) !== END_SIGNATURE) continue;
    found ??= at;
    if (at + END_BYTES + view.getUint16(at + 20, true) !== length) continue;
    found = at;
    break;
  }
  if (found === undefined) {
    throw inputError(
      `${source.name} is a truncated zip archive: the directory at its end is missing; copy or download it again.`,
    );
  }
  return { view: new DataView(view.buffer, view.byteOffset + found, END_BYTES), offset: start + found };
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

/** What the end record and the zip64 one both state must be the same, or readers would see different archives. */
function checkAgreement(source: ByteSource, end: DataView, zip64: DirectoryLocation): void {
  const differs = (stated: number, saturated: number, known: number): boolean =>
    stated !== saturated && stated !== known;
  if (
    differs(end.getUint16(10, true), 0xffff, zip64.count) ||
    differs(end.getUint32(12, true), 0xffffffff, zip64.size) ||
    differs(end.getUint32(16, true), 0xffffffff, zip64.offset)
  ) {
    throw damaged(source, 'its two end records disagree');
  }
}

async function locateDirectory(source: ByteSource): Promise<DirectoryLocation> {
  const { view, offset: endOffset } = await findEnd(source);
  const zip64 = await findZip64End(source, endOffset);
  if (zip64 !== undefined) {
    checkAgreement(source, view, zip64);
    return zip64;
  }
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
export function applyZip64(sizes: Sizes, extra: DataView): boolean {
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

function checkEntry(source: ByteSource, name: string, method: number, flags: number, sizes: Sizes): void {
  if (!isPlainName(name)) {
    throw inputError(
      `${source.name}: its entry ${quote(name)} has a name with control characters or "__proto__" in it, which no checkpoint has.`,
    );
  }
  if (isEncrypted(flags)) throw inputError(`${source.name}: its entry ${quote(name)} is encrypted.`);
  if (method !== 0 && SCRIPT_CODE.test(name)) throw torchScript(source);
  if (method !== 0 && sizes.size > BOMB_RATIO * Math.max(1, sizes.compressedSize)) {
    throw inputError(
      `${source.name} looks like a zip bomb: ${sizes.compressedSize} bytes of its entry ${quote(name)} claim to unpack to ${sizes.size}; nothing was unpacked.`,
    );
  }
  if (method !== 0) {
    throw inputError(
      `${source.name}: its entry ${quote(name)} is compressed (zip method ${method}), but PyTorch stores; load it with PyTorch and save it again, or pack the archive without compression.`,
    );
  }
  // Negated, so that NaN (a size beyond the safe integers) is refused too.
  if (!(sizes.headerOffset + LOCAL_HEADER_BYTES + sizes.compressedSize <= source.size)) {
    throw damaged(source, `its entry ${quote(name)} lies outside the file`);
  }
  if (sizes.size !== sizes.compressedSize) {
    throw damaged(source, `its entry ${quote(name)} states two sizes that cannot both be true`);
  }
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
  const nameBytes = directory.slice(at + ENTRY_BYTES, nameEnd);
  const name = new TextDecoder().decode(nameBytes);
  const sizes: Sizes = {
    compressedSize: view.getUint32(at + 20, true),
    size: view.getUint32(at + 24, true),
    headerOffset: view.getUint32(at + 42, true),
  };
  if (!applyZip64(sizes, viewOf(directory.subarray(nameEnd, extraEnd)))) {
    throw damaged(source, `its entry ${quote(name)} lacks its size`);
  }
  checkEntry(source, name, view.getUint16(at + 10, true), view.getUint16(at + 8, true), sizes);
  const { size, headerOffset } = sizes;
  return { entry: { name, nameBytes, crc: view.getUint32(at + 16, true), size, headerOffset }, end };
}

/**
 * The entries of a zip archive by name, in the directory's order (APPNOTE 6.3.10, zip64 included).
 *
 * @returns the entries, and where the directory starts
 * @throws ZianError (input) where the archive is truncated or damaged, an entry is encrypted, compressed, named
 *   twice, oddly named, or outside the file.
 */
export async function readZipDirectory(
  source: ByteSource,
): Promise<{ readonly entries: ReadonlyMap<string, ZipEntry>; readonly start: number }> {
  if (source.size < END_BYTES) {
    throw inputError(`${source.name} is a truncated zip archive of ${source.size} bytes.`);
  }
  const { count, size, offset, limit } = await locateDirectory(source);
  if (!(offset + size <= limit) || !(count * ENTRY_BYTES <= size)) {
    throw damaged(source, 'its directory lies outside the file');
  }
  if (size > MAX_DIRECTORY || count > MAX_ENTRIES) {
    throw inputError(
      `${source.name} is a zip archive with a directory of ${count} entries in ${size} bytes, far more than a checkpoint has.`,
    );
  }
  const directory = await source.read(offset, size);
  const entries = new Map<string, ZipEntry>();
  let at = 0;
  for (let i = 0; i < count; i++) {
    const { entry, end } = parseEntry(source, directory, at);
    if (entries.has(entry.name)) {
      throw inputError(`${source.name}: its zip directory lists ${quote(entry.name)} twice.`);
    }
    entries.set(entry.name, entry);
    at = end;
  }
  if (at !== size) throw damaged(source, `its directory has ${size - at} bytes behind its last entry`);
  return { entries, start: offset };
}
