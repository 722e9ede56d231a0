import { execFile } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { promisify } from 'node:util';
import type { DeviceReport } from '../src/graph/device.js';
import { installedPackage, ownVersion } from '../src/node/versions.js';
import type { Environment } from './report.js';

/** @param root folder of the package */
export async function environment(report: DeviceReport, root: string): Promise<Environment> {
  const { name, vendor, architecture, description, backend, software, features } = report;
  const processors = cpus();
  return {
    date: new Date().toISOString(),
    version: await ownVersion(),
    commit: await commitOf(root),
    adapter: { name, vendor, architecture, description, backend, software, features },
    webgpu: (await installedPackage('webgpu'))?.version ?? null,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    cpu: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    load: loadavg()[0] ?? 0,
  };
}

async function commitOf(root: string): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)('git', ['describe', '--always', '--dirty'], { cwd: root });
    return stdout.trim();
  } catch {
    return null;
  }
}
