import { inputError } from '../../src/errors.js';
import { isPlainName, printable } from '../../src/printable.js';
import { PickleRefusal } from './pickle-input.js';
import type { PersistentLoad } from './pickle-machine.js';
import { asText, isKind, type PickleValue, type PyStorage } from './pickle-values.js';
import { itemSizeOf, type TorchDtype } from './torch-dtype.js';
import { storageDtypeOf } from './torch-globals.js';

/** Reads bytes of a storage: `offset` counts from the storage's own start. */
export interface StorageReader {
  readonly bigEndian: boolean;
  read(storage: PyStorage, offset: number, length: number): Promise<Uint8Array>;
}

/** The storages that a pickle refers to; the first reference to a key decides its type, as in PyTorch. */
export class StorageTable {
  readonly #roots = new Map<string, PyStorage>();
  readonly #views = new Map<string, PyStorage>();

  /** Every storage that has bytes of its own in the file. */
  get roots(): ReadonlyMap<string, PyStorage> {
    return this.#roots;
  }

  /**
   * Resolves `('storage', class, key, location, element count[, view])`, where a view is
   * `(key, offset, element count)`, as `torch.serialization` writes them.
   */
  readonly load: PersistentLoad = (id) => {
    const [tag, storageClass, keyValue, location, count, view] = isKind(id, 'tuple') ? id.items : [];
    const key = typeof keyValue === 'number' ? String(keyValue) : asText(keyValue);
    const dtype = isKind(storageClass, 'global') ? storageDtypeOf(storageClass) : undefined;
    if (asText(tag) !== 'storage' || key === undefined || dtype === undefined || key.length > 256) {
      throw new PickleRefusal('refers to something outside itself that is no storage of a known type');
    }
    if (!isPlainName(key)) {
      throw new PickleRefusal('has a storage with control characters or "__proto__" in its name');
    }
    const byteLength = bytesOf(count, dtype);
    const known = this.#roots.get(key);
    const root: PyStorage = known ?? {
      kind: 'storage',
      key,
      dtype,
      location: asText(location) ?? '',
      byteOffset: 0,
      byteLength,
    };
    this.#roots.set(key, root);
    return view === undefined || view === null ? root : this.#view(root, view);
  };

  #view(root: PyStorage, view: PickleValue): PyStorage {
    const [key, offset, count] = isKind(view, 'tuple') ? view.items : [];
    const name = `${root.key}/${asText(key) ?? String(key)}`.slice(0, 512);
    const byteOffset = bytesOf(offset, root.dtype);
    const byteLength = bytesOf(count, root.dtype);
    if (byteOffset + byteLength > root.byteLength) {
      throw new PickleRefusal('has a view that lies outside its storage');
    }
    const known = this.#views.get(name) ?? { ...root, byteOffset, byteLength };
    this.#views.set(name, known);
    return known;
  }
}

function bytesOf(count: PickleValue | undefined, dtype: TorchDtype): number {
  const bytes = typeof count === 'number' ? count * itemSizeOf(dtype) : Number.NaN;
  if (!Number.isSafeInteger(bytes) || bytes < 0) {
    throw new PickleRefusal('has a storage whose length is no non-negative integer');
  }
  return bytes;
}

/** Fails where a storage needs more bytes than the file holds for it. */
export function checkStorage(file: string, storage: PyStorage, available: number | undefined): void {
  if (available === undefined) {
    throw inputError(
      `${file} is truncated or damaged: the data of storage ${printable(storage.key, 40)} is missing; copy or download it again.`,
    );
  }
  if (available < storage.byteLength) {
    throw inputError(
      `${file} is truncated or damaged: storage ${printable(storage.key, 40)} should have ${storage.byteLength} bytes, but ${available} are there; copy or download it again.`,
    );
  }
}
