// What of others is in use, and under which licences, told from the lock file.

import { readFile } from 'node:fs/promises';

/** Licences that whoever uses the package may rely on: permissive, without conditions on their own code. */
const RUNTIME = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Zlib',
]);

/** Tools that are run and not passed on may also be under these. */
const DEVELOPMENT = new Set([...RUNTIME, 'MPL-2.0', 'Python-2.0']);

/** Whether an SPDX expression of ORs and ANDs can be met with these licences. */
export function permits(expression, allowed) {
  const plain = expression.replace(/[()]/g, ' ').trim();
  return plain
    .split(/\s+OR\s+/)
    .some((choice) => choice.split(/\s+AND\s+/).every((licence) => allowed.has(licence.trim())));
}

/** Every package of a lock file: name, version, licence, and whether it is for development only. */
export async function dependencies(lockFile) {
  const { packages } = JSON.parse(await readFile(lockFile, 'utf8'));
  return Object.entries(packages)
    .filter(([path]) => path.includes('node_modules/'))
    .map(([path, { version, license, dev, devOptional }]) => ({
      name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version,
      licence: license ?? 'none stated',
      development: dev === true || devOptional === true,
    }));
}

/** Those whose licence is on neither list. */
export const unlicensed = (packages) =>
  packages.filter(({ licence, development }) => !permits(licence, development ? DEVELOPMENT : RUNTIME));
