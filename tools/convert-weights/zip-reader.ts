import { inputError } from '../../src/errors.js';
import type { ByteSource } from '../../src/weights/byte-source.js';
import { quote } from '../../src/weights/quote.js';
import { inflateRaw } from './inflate.js';
import { readZipDirectory, type ZipEntry } from './zip-directory.js';

/** A zip archive whose entries are read in part or whole when asked for. */
export interface ZipReader {
  readonly entries: ReadonlyMap<string, ZipEntry>;
  /** Bytes of an entry's content, uncompressed. */
  read(entry: ZipEntry, offset: number, length: number): Promise<Uint8Array>;
}

const LOCAL_SIGNATURE = 0x04034b50;
const LOCAL_HEADER_BYTES = 30;

/** What deflated entries may unpack to in all: far above weights (ratio 1.1), far below a bomb's. */
const inflatedLimit = (fileSize: number): number => (64 << 20) + 100 * fileSize;

function checkInflatedTotal(source: ByteSource, entries: Iterable<ZipEntry>): void {
  let total = 0;
  for (const { method, size } of entries) if (method === 8) total += size;
  if (total > inflatedLimit(source.size)) {
    throw inputError(
      `${source.name} looks like a zip bomb: ${source.size} bytes claim to unpack to ${total}; it is not unpacked.`,
    );
  }
}

/** Where an entry's content starts: behind its local header, which may be longer than the directory's. */
async function contentOffset(source: ByteSource, entry: ZipEntry): Promise<number> {
  const header = await source.read(entry.headerOffset, LOCAL_HEADER_BYTES);
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const start = entry.headerOffset + LOCAL_HEADER_BYTES + view.getUint16(26, true) + view.getUint16(28, true);
  if (view.getUint32(0, true) !== LOCAL_SIGNATURE || start + entry.compressedSize > source.size) {
    throw inputError(
      `${source.name} is a damaged zip archive: the header of its entry ${quote(entry.name)} is not where the directory says.`,
    );
  }
  return start;
}

/**
 * Opens a zip archive: its directory is read and checked, nothing is unpacked.
 *
 * @throws ZianError (input) as `readZipDirectory`, and for an archive that would unpack to far more than its size.
 */
export async function openZip(source: ByteSource): Promise<ZipReader> {
  const entries = await readZipDirectory(source);
  checkInflatedTotal(source, entries.values());
  const starts = new Map<ZipEntry, Promise<number>>();
  const startOf = (entry: ZipEntry): Promise<number> => {
    const known = starts.get(entry) ?? contentOffset(source, entry);
    starts.set(entry, known);
    return known;
  };
  // Parts of one deflated entry are usually asked for one after the other, so the last one is kept.
  let inflated: { entry: ZipEntry; content: Promise<Uint8Array> } | undefined;
  const inflate = async (entry: ZipEntry): Promise<Uint8Array> => {
    const packed = await source.read(await startOf(entry), entry.compressedSize);
    return inflateRaw(packed, entry.size, `${source.name}: its entry ${quote(entry.name)}`);
  };
  return {
    entries,
    async read(entry, offset, length) {
      if (!(offset >= 0 && length >= 0 && offset + length <= entry.size)) {
        throw inputError(
          `${source.name} is truncated or damaged: its entry ${quote(entry.name)} has only ${entry.size} bytes, ${offset + length} are needed.`,
        );
      }
      if (entry.method === 0) return source.read((await startOf(entry)) + offset, length);
      if (inflated?.entry !== entry) inflated = { entry, content: inflate(entry) };
      return (await inflated.content).subarray(offset, offset + length);
    },
  };
}
