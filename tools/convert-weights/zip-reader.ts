import { inputError } from '../../src/errors.js';
import type { ByteSource } from '../../src/weights/byte-source.js';
import { quote } from '../../src/weights/quote.js';
import { readZipDirectory, type ZipEntry } from './zip-directory.js';
import { locateContents } from './zip-layout.js';

/** A zip archive of stored entries, which are read in part or whole when asked for. */
export interface ZipReader {
  readonly entries: ReadonlyMap<string, ZipEntry>;
  /** Bytes of an entry's content. */
  read(entry: ZipEntry, offset: number, length: number): Promise<Uint8Array>;
}

/**
 * Opens a zip archive: its directory and all local headers are read and checked, no content.
 *
 * Compressed entries are refused: PyTorch writes none, since storages are mapped into memory, and without them an
 * archive cannot unpack to more than its size.
 *
 * @throws ZianError (input) as `readZipDirectory` and `locateContents`.
 */
export async function openZip(source: ByteSource): Promise<ZipReader> {
  const { entries, start } = await readZipDirectory(source);
  const contents = await locateContents(source, entries.values(), start);
  return {
    entries,
    async read(entry, offset, length) {
      const content = contents.get(entry);
      if (!(content !== undefined && offset >= 0 && length >= 0 && offset + length <= entry.size)) {
        throw inputError(
          `${source.name} is truncated or damaged: its entry ${quote(entry.name)} has only ${entry.size} bytes, ${offset + length} are needed.`,
        );
      }
      return source.read(content + offset, length);
    },
  };
}
