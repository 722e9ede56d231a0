import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inputError } from '../../src/errors.js';
import { packageAround } from '../../src/node/versions.js';

/** The command that installs the peers. */
export const INSTALL = 'npm ci --prefix bench/peers --ignore-scripts';

/** Root of the clone that this program is part of. */
export async function checkoutRoot(): Promise<string> {
  const here = fileURLToPath(import.meta.url);
  const found = await packageAround(here, 'zian-webgpu');
  if (!found) throw inputError(`${here} is not in a clone of zian-webgpu; run this in one.`);
  return found.root;
}

/** The peers' own package. */
export const peersFolder = (root: string): string => join(root, 'bench', 'peers');

/** Resolves and loads what bench/peers/package.json names, whose packages are not the root's. */
function peerRequire(root: string): NodeJS.Require {
  return createRequire(join(peersFolder(root), 'package.json'));
}

const notInstalled = (name: string, cause: unknown) =>
  inputError(`The package ${name} is not installed; install the peers: ${INSTALL}`, { cause });

/**
 * Folder of a peer's package.
 * @throws ZianError (input) when it is not installed
 */
export async function peerPackage(root: string, name: string): Promise<{ root: string; version: string }> {
  let entry: string;
  try {
    entry = peerRequire(root).resolve(name);
  } catch (error) {
    throw notInstalled(name, error);
  }
  const found = await packageAround(entry, name);
  if (!found) throw notInstalled(name, undefined);
  return found;
}

/**
 * Loads a peer's CommonJS package.
 * @throws ZianError (input) when it is not installed; what its own code throws
 */
export async function loadPeer(root: string, name: string): Promise<unknown> {
  await peerPackage(root, name);
  return peerRequire(root)(name);
}
