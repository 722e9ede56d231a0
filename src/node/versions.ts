import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** An npm package on this machine. */
export interface PackageLocation {
  readonly root: string;
  readonly version: string;
}

/** The package of this name that a file belongs to; for packages that do not export their package.json. */
export async function packageAround(file: string, name: string): Promise<PackageLocation | undefined> {
  for (let root = dirname(file); ; root = dirname(root)) {
    const version = await versionIn(join(root, 'package.json'), name);
    if (version !== undefined) return { root, version };
    if (root === dirname(root)) return undefined;
  }
}

/** Where an installed package is, or undefined; nothing of it is run. */
export async function installedPackage(name: string): Promise<PackageLocation | undefined> {
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch {
    return undefined;
  }
  return await packageAround(entry, name);
}

/** zian-webgpu's own version. */
export async function ownVersion(): Promise<string> {
  const own = await packageAround(fileURLToPath(import.meta.url), 'zian-webgpu');
  return own?.version ?? 'unknown';
}

async function versionIn(file: string, name: string): Promise<string | undefined> {
  try {
    const content: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof content !== 'object' || content === null) return undefined;
    if (!('name' in content) || content.name !== name) return undefined;
    return 'version' in content && typeof content.version === 'string' ? content.version : undefined;
  } catch {
    return undefined;
  }
}
