import { inputError, type ZianError } from '../../src/errors.js';
import type { ByteSource } from '../../src/weights/byte-source.js';
import { quote } from '../../src/weights/quote.js';
import { headerWindow } from './header-window.js';
import { applyZip64, isEncrypted, type ZipEntry } from './zip-directory.js';

const LOCAL_SIGNATURE = 0x04034b50;
const LOCAL_HEADER_BYTES = 30;
/** General purpose bit 3: checksum and sizes follow the content, so the local header may leave them zero. */
const DEFERRED = 8;
const SATURATED = 0xffffffff;

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.byteLength === b.byteLength && a.every((byte, i) => byte === b[i]);

/** In what an entry's local header differs from the directory, or undefined. */
function difference(
  entry: ZipEntry,
  header: DataView,
  name: Uint8Array,
  extra: DataView,
): string | undefined {
  if (!sameBytes(name, entry.nameBytes)) return 'its name';
  const flags = header.getUint16(6, true);
  if (isEncrypted(flags)) return 'whether it is encrypted';
  if (header.getUint16(8, true) !== 0) return 'its compression';
  const deferred = (flags & DEFERRED) !== 0;
  const agrees = (stated: number, known: number): boolean => stated === known || (deferred && stated === 0);
  if (!agrees(header.getUint32(14, true), entry.crc)) return 'its checksum';
  const sizes = {
    size: header.getUint32(22, true),
    compressedSize: header.getUint32(18, true),
    headerOffset: 0,
  };
  const zip64 = sizes.size === SATURATED || sizes.compressedSize === SATURATED;
  if (zip64 && !applyZip64(sizes, extra)) return deferred ? undefined : 'its size';
  return agrees(sizes.size, entry.size) && agrees(sizes.compressedSize, entry.size) ? undefined : 'its size';
}

/**
 * Checks every entry's local header against the directory, and that no two entries share bytes, nor one with the
 * directory: readers that believe the one or the other would see different files otherwise.
 *
 * @param end where the directory starts
 * @returns where each entry's content starts
 * @throws ZianError (input) naming the first entry that is not in order.
 */
export async function locateContents(
  source: ByteSource,
  entries: Iterable<ZipEntry>,
  end: number,
): Promise<ReadonlyMap<ZipEntry, number>> {
  const fail = (entry: ZipEntry, what: string): ZianError =>
    inputError(
      `${source.name} is a damaged or forged zip archive: its entry ${quote(entry.name)} ${what}; copy or download it again.`,
    );
  const ordered = [...entries].sort((a, b) => a.headerOffset - b.headerOffset);
  const read = headerWindow(source);
  const starts = new Map<ZipEntry, number>();
  for (const [i, entry] of ordered.entries()) {
    const next = ordered[i + 1]?.headerOffset ?? end;
    const nameStart = entry.headerOffset + LOCAL_HEADER_BYTES;
    if (nameStart > end) throw fail(entry, 'overlaps the directory');
    const header = viewOf(await read(entry.headerOffset, LOCAL_HEADER_BYTES));
    const nameLength = header.getUint16(26, true);
    const extraLength = header.getUint16(28, true);
    const start = nameStart + nameLength + extraLength;
    if (header.getUint32(0, true) !== LOCAL_SIGNATURE || start > source.size) {
      throw fail(entry, 'is not where the directory says');
    }
    const rest = await read(nameStart, nameLength + extraLength);
    const differs = difference(
      entry,
      header,
      rest.subarray(0, nameLength),
      viewOf(rest.subarray(nameLength)),
    );
    if (differs !== undefined) {
      throw fail(entry, `is described twice, and the two descriptions differ in ${differs}`);
    }
    if (start + entry.size > next) {
      throw fail(entry, next === end ? 'overlaps the directory' : 'overlaps the one after it');
    }
    starts.set(entry, start);
  }
  return starts;
}
