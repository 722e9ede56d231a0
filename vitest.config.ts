import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [
    {
      name: 'wgsl',
      // The build's esbuild loader does the same: a .wgsl import is its text.
      load: (id) =>
        id.endsWith('.wgsl') ? `export default ${JSON.stringify(readFileSync(id, 'utf8'))}` : null,
    },
  ],
  resolve: {
    alias: [
      // The examples import the library as its users do.
      { find: /^zian-webgpu$/, replacement: fileURLToPath(new URL('src/index.ts', import.meta.url)) },
      {
        find: 'zian-webgpu/graph',
        replacement: fileURLToPath(new URL('src/graph/index.ts', import.meta.url)),
      },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    poolOptions: { forks: { maxForks: 2 } },
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
