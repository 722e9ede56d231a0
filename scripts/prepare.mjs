// npm runs `prepare` after `npm ci`, and `npx zian` runs it again the first time, when it links this folder into its
// cache: then the build is already there, and repeating it would be most of the time until the first result.

import { spawnSync } from 'node:child_process';
import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const sources = [
  'src',
  'tools',
  'web',
  'bench',
  'demo',
  'scripts',
  'models',
  'package.json',
  'package-lock.json',
];
/** Written after the last step of a build, so a build that broke off is not taken for a complete one. */
const stamp = 'dist/.complete';

async function newest(path) {
  const found = await stat(path);
  if (!found.isDirectory()) return found.mtimeMs;
  const names = (await readdir(path)).filter((name) => name !== 'node_modules');
  return Math.max(found.mtimeMs, ...(await Promise.all(names.map((name) => newest(join(path, name))))));
}

const built = await stat(stamp).then(
  ({ mtimeMs }) => mtimeMs,
  () => 0,
);
const changed = Math.max(...(await Promise.all(sources.map(newest))));
if (built <= changed) {
  await rm(stamp, { force: true });
  const { status } = spawnSync('npm', ['run', 'build'], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
  await writeFile(stamp, '');
}
