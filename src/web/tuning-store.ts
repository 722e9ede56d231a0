import type { DeviceReport } from '../graph/device.js';
import { adapterKey, parseTuningTable, TuningTable } from '../tuning/index.js';

const DATABASE = 'zian-webgpu';
const STORE = 'tuning';

const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

async function withStore<T>(
  mode: IDBTransactionMode,
  use: (store: IDBObjectStore) => Promise<T>,
): Promise<T> {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  const database = await settled(opening);
  try {
    return await use(database.transaction(STORE, mode).objectStore(STORE));
  } finally {
    database.close();
  }
}

/**
 * What this origin has measured of an adapter, from IndexedDB: for a `Tuner`. Empty where nothing is kept, or what is kept
 * cannot be used (another version, storage that is switched off): that costs speed, not results.
 */
export async function readTuning(report: DeviceReport): Promise<TuningTable> {
  const adapter = adapterKey(report);
  try {
    const text: unknown = await withStore('readonly', (store) => settled(store.get(adapter)));
    if (typeof text === 'string') return parseTuningTable(text, 'the browser’s store');
  } catch {
    // As if it were not there.
  }
  return new TuningTable(adapter);
}

/**
 * Keeps a table in IndexedDB for the next visit, together with what another page of this origin may have measured.
 * @throws DOMException when the browser keeps nothing for this origin, or has no room
 */
export async function writeTuning(report: DeviceReport, table: TuningTable): Promise<void> {
  const all = await readTuning(report);
  all.merge(table);
  await withStore('readwrite', (store) => settled(store.put(all.serialize(), adapterKey(report))));
}

/** Forgets what was measured on an adapter. @throws DOMException when the browser keeps nothing for this origin */
export async function clearTuning(report: DeviceReport): Promise<void> {
  await withStore('readwrite', (store) => settled(store.delete(adapterKey(report))));
}
