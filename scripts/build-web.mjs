// Builds the page to dist/web: scripts and style bundled, models and examples beside them, a service worker that knows
// all files. What is written is static: any host serves it, under any path.
// Alone: node scripts/build-web.mjs [FOLDER]

import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { wgslPlugin } from './wgsl.mjs';

/** Everything comes from the page's own origin, nothing inline; pictures may be made in the page (blob:). */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** In the format that static hosts read; `npm run web` does as well. Some have no effect in a meta element. */
const HEADERS = `/*
  Content-Security-Policy: ${POLICY}; frame-ancestors 'none'
  Cross-Origin-Opener-Policy: same-origin
  Permissions-Policy: camera=(self), microphone=(), geolocation=()
  Referrer-Policy: no-referrer
  X-Content-Type-Options: nosniff
`;

const { version } = JSON.parse(await readFile('package.json', 'utf8'));

const TASKS = [
  { task: 'fovea', truth: 'truth.csv' },
  { task: 'scleral-spur', truth: 'asoct-truth.csv' },
];

async function examplesOf({ task, truth }) {
  const [, ...rows] = (await readFile(join('examples', truth), 'utf8')).trim().split(/\r?\n/);
  return rows.map((row) => {
    const [name, ...numbers] = row.split(',');
    const values = numbers.map(Number);
    const points = values.flatMap((x, i) => (i % 2 === 0 ? [{ x, y: values[i + 1] }] : []));
    return { task, name, path: `examples/${name}`, truth: points };
  });
}

async function catalog() {
  const models = await Promise.all(
    TASKS.map(async ({ task }) => {
      const path = `models/${task}.safetensors`;
      const bytes = await readFile(path);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const calibration = JSON.parse(await readFile(`models/${task}.calibration.json`, 'utf8'));
      if (calibration.model !== sha256)
        throw new Error(`models/${task}.calibration.json is of another model`);
      return { task, path, bytes: bytes.length, sha256, calibration };
    }),
  );
  return { version, models, examples: (await Promise.all(TASKS.map(examplesOf))).flat() };
}

async function copy(from, to) {
  await mkdir(dirname(to), { recursive: true });
  await cp(from, to);
}

async function filesUnder(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
}

/** @param out folder that is replaced */
export async function buildWeb(out = 'dist/web') {
  await rm(out, { recursive: true, force: true });
  const found = await catalog();
  const options = {
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: ['chrome113', 'firefox141', 'safari26'],
    plugins: [wgslPlugin],
    minify: true,
    logLevel: 'warning',
    legalComments: 'linked',
    define: { CATALOG: JSON.stringify(found) },
  };
  await build({
    ...options,
    entryPoints: {
      app: 'web/page/main.ts',
      worker: 'web/worker/main.ts',
      bench: 'web/bench/page/main.ts',
      'bench-worker': 'web/bench/worker/main.ts',
    },
    outdir: out,
    splitting: true,
    sourcemap: true,
    chunkNames: 'chunks/[name]-[hash]',
  });
  await build({ ...options, format: 'iife', entryPoints: { theme: 'web/theme.ts' }, outdir: out });
  await build({ ...options, entryPoints: { style: 'web/style/main.css' }, outdir: out });

  for (const page of ['index.html', 'bench.html']) {
    const html = await readFile(join('web', page), 'utf8');
    await writeFile(join(out, page), html.replace('%CSP%', POLICY));
  }
  for (const file of await readdir('web/static')) await copy(join('web/static', file), join(out, file));
  for (const { path } of [...found.models, ...found.examples]) await copy(path, join(out, path));
  for (const file of ['full-refuge', 'narrow'])
    for (const ending of ['json', 'safetensors'])
      await copy(`test/fixtures/runs/${file}.${ending}`, join(out, 'bench', `${file}.${ending}`));

  const files = (await filesUnder(out)).filter((file) => !file.endsWith('.map'));
  const hash = createHash('sha256');
  for (const file of files) hash.update(file).update(await readFile(join(out, file)));
  await build({
    ...options,
    format: 'iife',
    entryPoints: { 'service-worker': 'web/service-worker/main.ts' },
    outdir: out,
    define: {
      // The start page has two names, and must be there under both without a network.
      PRECACHE: JSON.stringify(['./', ...files]),
      BUILD: JSON.stringify(hash.digest('hex').slice(0, 16)),
    },
  });
  await writeFile(join(out, '_headers'), HEADERS);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await buildWeb(process.argv[2]);
