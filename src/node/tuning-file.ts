import { createHash } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeviceReport } from '../graph/device.js';
import { adapterKey, parseTuningTable, TuningTable } from '../tuning/index.js';
import { writeFileAtomic } from './atomic-file.js';
import { cacheFolders } from './cache-folders.js';

/** Where an adapter's tuning table is kept: in the user's cache, under a name that stands for adapter and driver. */
export function tuningPath(report: DeviceReport): string {
  const [folder = '.'] = cacheFolders();
  const name = createHash('sha256').update(adapterKey(report)).digest('hex').slice(0, 16);
  return join(folder, 'tuning', `${name}.json`);
}

/**
 * What is known of an adapter. A file that is missing, damaged, of another version or another adapter counts as empty:
 * it costs speed, not results.
 */
export async function readTuning(report: DeviceReport, path = tuningPath(report)): Promise<TuningTable> {
  const adapter = adapterKey(report);
  try {
    const table = parseTuningTable(await readFile(path, 'utf8'), path);
    if (table.adapter === adapter) return table;
  } catch {
    // As if it were not there.
  }
  return new TuningTable(adapter);
}

/** Keeps a table, together with what another process may have measured meanwhile. */
export async function writeTuning(
  report: DeviceReport,
  table: TuningTable,
  path = tuningPath(report),
): Promise<void> {
  const all = await readTuning(report, path);
  all.merge(table);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFileAtomic(path, new TextEncoder().encode(all.serialize()));
}

/** Forgets what was measured on an adapter. */
export async function clearTuning(report: DeviceReport, path = tuningPath(report)): Promise<void> {
  await rm(path, { force: true });
}
