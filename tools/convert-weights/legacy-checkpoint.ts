import { inputError } from '../../src/errors.js';
import type { ByteSource } from '../../src/weights/byte-source.js';
import { headerWindow } from './header-window.js';
import { noPersistentIds, readPickleAt } from './pickle-source.js';
import { asText, isKind, type PickleValue } from './pickle-values.js';
import { checkStorage, type StorageReader, StorageTable } from './storage.js';
import { itemSizeOf } from './torch-dtype.js';
import type { OpenedCheckpoint } from './zip-checkpoint.js';

const MAGIC = 0x1950a86a20f9469cfc6cn;
const PROTOCOL_VERSION = 1001;

/** Magic number, version and facts about the machine, each a pickle of its own. */
async function readPreamble(source: ByteSource): Promise<number> {
  const magic = await readPickleAt(source, 0, noPersistentIds);
  if (magic.value !== MAGIC) {
    throw inputError(
      `${source.name} is a plain Python pickle, not a checkpoint written by torch.save; save the model's state_dict() with torch.save.`,
    );
  }
  const version = await readPickleAt(source, magic.end, noPersistentIds);
  if (version.value !== PROTOCOL_VERSION) {
    throw inputError(
      `${source.name} is a PyTorch checkpoint of an unknown version; only ${PROTOCOL_VERSION} can be read.`,
    );
  }
  const machine = await readPickleAt(source, version.end, noPersistentIds);
  return machine.end;
}

function keysOf(file: string, value: PickleValue): string[] {
  const items = isKind(value, 'list') ? value.items : [null];
  return items.map((item) => {
    const key = typeof item === 'number' ? String(item) : asText(item);
    if (key === undefined) throw inputError(`${file} is damaged: its list of storages is not readable.`);
    return key;
  });
}

/** Where each storage's bytes start: they follow each other, each behind its number of elements. */
async function locateStorages(
  source: ByteSource,
  keys: readonly string[],
  table: StorageTable,
  start: number,
): Promise<Map<string, number>> {
  const offsets = new Map<string, number>();
  const readHead = headerWindow(source);
  let at = start;
  for (const key of keys) {
    const storage = table.roots.get(key);
    if (storage === undefined || offsets.has(key)) {
      throw inputError(`${source.name} is damaged: its list of storages does not match its tensors.`);
    }
    const head = await readHead(at, 8);
    const count = Number(new DataView(head.buffer, head.byteOffset, 8).getBigInt64(0, true));
    if (count * itemSizeOf(storage.dtype) !== storage.byteLength) {
      throw inputError(`${source.name} is damaged: a storage's length differs from what its tensors say.`);
    }
    offsets.set(key, at + 8);
    at += 8 + storage.byteLength;
    checkStorage(source.name, storage, Math.min(storage.byteLength, source.size - at + storage.byteLength));
  }
  return offsets;
}

/**
 * Opens a checkpoint in PyTorch's format before zip (0.1.10 to 1.5, or `_use_new_zipfile_serialization=False`):
 * pickles of a magic number, a version, facts about the machine, the object and the storages' keys, then the
 * storages. PyTorch writes storages little-endian whatever the machine says.
 */
export async function openLegacyCheckpoint(source: ByteSource): Promise<OpenedCheckpoint> {
  const table = new StorageTable();
  const start = await readPreamble(source);
  const object = await readPickleAt(source, start, table.load);
  const keyList = await readPickleAt(source, object.end, noPersistentIds);
  const offsets = await locateStorages(source, keysOf(source.name, keyList.value), table, keyList.end);
  let storageBytes = 0;
  for (const storage of table.roots.values()) {
    if (!offsets.has(storage.key)) checkStorage(source.name, storage, undefined);
    storageBytes += storage.byteLength;
  }
  const storages: StorageReader = {
    bigEndian: false,
    async read(storage, offset, length) {
      return source.read((offsets.get(storage.key) ?? Number.NaN) + storage.byteOffset + offset, length);
    },
  };
  return { root: object.value, storages, storageBytes };
}
