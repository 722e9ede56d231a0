import { inputError } from '../../src/errors.js';
import type { ByteSource } from '../../src/weights/byte-source.js';
import { bytesSource } from '../../src/weights/byte-source.js';
import { quote } from '../../src/weights/quote.js';
import { PICKLE_LIMITS } from './pickle-limits.js';
import { readPickleAt } from './pickle-source.js';
import type { PickleValue } from './pickle-values.js';
import { checkStorage, type StorageReader, StorageTable } from './storage.js';
import { torchScript, type ZipEntry } from './zip-directory.js';
import { openZip, type ZipReader } from './zip-reader.js';

/** What both of PyTorch's formats give. */
export interface OpenedCheckpoint {
  readonly root: PickleValue;
  readonly storages: StorageReader;
  /** Bytes of all storages. */
  readonly storageBytes: number;
}

/** Everything lies in one folder, named after the file it was first saved as. */
function findPickle(
  source: ByteSource,
  entries: ReadonlyMap<string, ZipEntry>,
): { folder: string; pickle: ZipEntry } {
  const { name: file } = source;
  const found = [...entries.values()].filter(({ name }) => /^[^/]*\/data\.pkl$/.test(name));
  const [pickle, second] = found;
  if (second !== undefined) {
    throw inputError(
      `${file} is a zip archive with several checkpoints in it; unpack the one that is meant.`,
    );
  }
  if (pickle === undefined) {
    throw inputError(`${file} is a zip archive, but no PyTorch checkpoint: it has no data.pkl.`);
  }
  const folder = pickle.name.slice(0, -'data.pkl'.length);
  if (entries.has(`${folder}constants.pkl`)) {
    throw torchScript(source);
  }
  return { folder, pickle };
}

async function isBigEndian(file: string, zip: ZipReader, folder: string): Promise<boolean> {
  const entry = zip.entries.get(`${folder}byteorder`);
  if (entry === undefined) return false;
  const text = new TextDecoder().decode(await zip.read(entry, 0, Math.min(entry.size, 16)));
  if (text !== 'little' && text !== 'big') {
    throw inputError(`${file} is damaged: its byte order is neither little nor big.`);
  }
  return text === 'big';
}

/**
 * Opens a checkpoint in PyTorch's zip format (1.6 and later): `data.pkl`, one `data/KEY` per storage, and
 * since 2.1 `byteorder`, all of them stored. CRCs are not checked, as PyTorch neither does nor always writes them.
 */
export async function openZipCheckpoint(source: ByteSource): Promise<OpenedCheckpoint> {
  const zip = await openZip(source);
  const { folder, pickle } = findPickle(source, zip.entries);
  if (pickle.size > PICKLE_LIMITS.pickleBytes) {
    throw inputError(
      `${source.name}: its pickle has ${pickle.size} bytes, far more than a checkpoint needs.`,
    );
  }
  const table = new StorageTable();
  const content = bytesSource(source.name, await zip.read(pickle, 0, pickle.size));
  const { value: root } = await readPickleAt(content, 0, table.load, source.size);
  const entryOf = (key: string): ZipEntry | undefined => zip.entries.get(`${folder}data/${key}`);
  let storageBytes = 0;
  for (const storage of table.roots.values()) {
    checkStorage(source.name, storage, entryOf(storage.key)?.size);
    storageBytes += storage.byteLength;
  }
  const storages: StorageReader = {
    bigEndian: await isBigEndian(source.name, zip, folder),
    async read(storage, offset, length) {
      const entry = entryOf(storage.key);
      if (entry === undefined) throw inputError(`${source.name}: storage ${quote(storage.key)} is missing.`);
      return zip.read(entry, storage.byteOffset + offset, length);
    },
  };
  return { root, storages, storageBytes };
}
