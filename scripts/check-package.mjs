// Checks the package as it would be published: entries and files (publint), types in every way of resolving modules
// (arethetypeswrong), and that nothing else is in it (package-files.mjs). Needs `npm run build` before; uses no network.

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { packageProblems } from './package-files.mjs';

/** ESM only, so what CommonJS and `moduleResolution: node` cannot do is known. */
const KNOWN = new Set(['CJSResolvesToESM', 'NoResolution:node10']);

const folder = await mkdtemp(join(tmpdir(), 'zian-package-'));
try {
  const { stdout } = await promisify(execFile)(
    'npm',
    ['pack', '--ignore-scripts', '--json', '--pack-destination', folder],
    { maxBuffer: 1 << 26 },
  );
  const [{ filename, files, size }] = JSON.parse(stdout);
  const tarball = await readFile(join(folder, filename));

  const manifest = JSON.parse(await readFile('package.json', 'utf8'));
  const bytes = tarball.buffer.slice(tarball.byteOffset, tarball.byteOffset + tarball.byteLength);
  const { messages } = await publint({ pack: { tarball: bytes }, strict: true });
  const problems = messages.map((message) => `publint: ${formatMessage(message, manifest)}`);

  problems.push(
    ...(await packageProblems(
      manifest,
      files.map(({ path }) => path),
      size,
    )),
  );

  const { problems: types = [] } = await checkPackage(createPackageFromTarballData(tarball));
  for (const problem of types) {
    const { kind, entrypoint = '', resolutionKind = '' } = problem;
    if (!KNOWN.has(kind) && !KNOWN.has(`${kind}:${resolutionKind}`))
      problems.push(`arethetypeswrong: ${kind} ${entrypoint} ${resolutionKind} ${JSON.stringify(problem)}`);
  }
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
  else console.log('The package is in order.');
} finally {
  await rm(folder, { recursive: true });
}
