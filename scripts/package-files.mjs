// What the published package may hold: its documents, the models, types, and of the bundles what its entries import.

import { readFile } from 'node:fs/promises';
import { posix } from 'node:path';

/** Beside the bundles. */
const EXPECTED = [
  /^(package\.json|README\.md|ARCHITECTURE\.md|CHANGELOG\.md|LICENSE)$/,
  /^models\/(README\.md|[a-z-]+\.safetensors|[a-z-]+\.calibration\.json)$/,
  /^dist\/types\/(src\/(?!cli\/)|tools\/convert-weights\/).*\.d\.ts$/,
];

/** Bytes of the tarball: two models of 3 MB each, and 1 MB of code, types and source maps. */
const LARGEST = 9e6;

/** Files that a module imports from its own package. */
async function importsOf(path) {
  const text = await readFile(path, 'utf8');
  const relative = [...text.matchAll(/(?:from|import)\s*\(?\s*["'](\.[^"']+)["']/g)].map(([, to]) => to);
  const workers = [...text.matchAll(/new URL\(\s*["'](\.[^"']+\.js)["']/g)].map(([, to]) => to);
  return [...relative, ...workers].map((to) => posix.join(posix.dirname(path), to));
}

/** All modules that these import, directly or not. */
async function reachable(entries) {
  const found = new Set();
  const open = [...entries];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (found.has(path)) continue;
    found.add(path);
    open.push(...(await importsOf(path)));
  }
  return found;
}

/** Paths of the manifest's entries: exports, their conditions, and executables. */
function entriesOf({ exports: exported, bin }) {
  const leaves = (value) => (typeof value === 'string' ? [value] : Object.values(value).flatMap(leaves));
  return [...leaves(exported), ...Object.values(bin)]
    .map((path) => posix.normalize(path))
    .filter((path) => path.endsWith('.js'));
}

/** What is in the package and should not be, or the other way round. */
export async function packageProblems(manifest, files, size) {
  const needed = await reachable(entriesOf(manifest));
  const known = (path) =>
    needed.has(path.replace(/\.map$/, '')) || EXPECTED.some((pattern) => pattern.test(path));
  const extra = files.filter((path) => !known(path)).map((path) => `package: ${path} is needed by nothing`);
  const missing = [...needed]
    .filter((path) => !files.includes(path))
    .map((path) => `package: ${path} is imported, and not in it`);
  const large = size > LARGEST ? [`package: it has ${size} bytes, more than ${LARGEST}`] : [];
  return [...extra, ...missing, ...large];
}
