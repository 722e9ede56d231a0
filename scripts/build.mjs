// Bundles the sources to dist/: one ESM file per entry, shared chunks split out, WGSL inlined as text, without comments.

import { existsSync } from 'node:fs';
import { chmod, rm } from 'node:fs/promises';
import { build } from 'esbuild';
import { buildWeb } from './build-web.mjs';
import { moduleOptions } from './module-options.mjs';

/** What the package holds. */
const published = {
  index: 'src/index.ts',
  'node/index': 'src/node/index.ts',
  'node/main': 'src/node/main.ts',
  'graph/index': 'src/graph/index.ts',
  'convert/index': 'tools/convert-weights/index.ts',
  'cli/zian': 'src/cli/main.ts',
  'cli/image-worker': 'src/node/image-worker.ts',
  'cli/docs': 'src/cli/docs.ts',
};

/** Programs of this repository, bundled on their own so that no chunk of theirs gets into the package. */
const programs = {
  'bench/main': 'bench/main.ts',
  'bench/peers/main': 'bench/peers/main.ts',
  'bench/peers/check': 'bench/peers/check/main.ts',
  'bench/peers/ours': 'bench/peers/process/ours.ts',
  'bench/peers/onnxruntime': 'bench/peers/process/onnxruntime.ts',
  'bench/peers/pages/ours': 'bench/peers/browser/pages/ours.ts',
  'bench/peers/pages/onnxruntime': 'bench/peers/browser/pages/onnxruntime.ts',
  'bench/peers/pages/tfjs': 'bench/peers/browser/pages/tfjs.ts',
  'demo/main': 'demo/main.ts',
  'fuzz/main': 'test/fuzz/main.ts',
  'soak/main': 'soak/main.ts',
  'web-server/main': 'web/server/main.ts',
};

const bundle = (entries, chunks) =>
  build({
    entryPoints: Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(file))),
    ...moduleOptions,
    outdir: 'dist',
    sourcemap: true,
    chunkNames: `${chunks}/[name]-[hash]`,
  });

await rm('dist', { recursive: true, force: true });
await bundle(published, 'chunks');
await bundle(programs, 'program-chunks');
await buildWeb();
await chmod('dist/cli/zian.js', 0o755);
