import { createHash } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { adapterKey, type DeviceReport } from '../graph/device.js';
import { writeFileAtomic } from './atomic-file.js';
import { cacheFolders } from './cache-folders.js';
import { installedPackage, ownVersion } from './versions.js';

/** What passed: another driver, another version of Dawn or of this package is tested anew. */
async function subjectOf(report: DeviceReport): Promise<string> {
  const dawn = await installedPackage('webgpu');
  return JSON.stringify({
    adapter: adapterKey(report),
    features: report.features,
    version: await ownVersion(),
    webgpu: dawn?.version ?? 'unknown',
  });
}

/** Where it is noted that an adapter has passed the self-test: in the user's cache. */
async function pathOf(report: DeviceReport): Promise<string> {
  const [folder = '.'] = cacheFolders();
  const name = createHash('sha256')
    .update(await subjectOf(report))
    .digest('hex')
    .slice(0, 16);
  return join(folder, 'self-test', `${name}.json`);
}

/** Whether this adapter, with this driver and these versions, has passed the self-test before. */
export async function hasPassed(report: DeviceReport): Promise<boolean> {
  const text = await readFile(await pathOf(report), 'utf8').catch(() => undefined);
  return text === (await subjectOf(report));
}

/** Notes that an adapter has passed. A cache that cannot be written costs the test the next time, and nothing else. */
export async function notePassed(report: DeviceReport): Promise<void> {
  const path = await pathOf(report);
  try {
    await mkdir(join(path, '..'), { recursive: true });
    await writeFileAtomic(path, new TextEncoder().encode(await subjectOf(report)));
  } catch {
    // Tested again the next time.
  }
}

/** Forgets it: when the adapter fails after all. */
export async function forgetPassed(report: DeviceReport): Promise<void> {
  await rm(await pathOf(report), { force: true }).catch(() => undefined);
}
