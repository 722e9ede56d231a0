import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { wgslPlugin } from '../../scripts/wgsl.mjs';

/** What an application's bundler makes of these lines, for browsers: its size, and the modules that are in it. */
async function bundle(contents: string) {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: '.', loader: 'ts' },
    alias: { 'zian-webgpu': './src/index.ts', 'zian-webgpu/graph': './src/graph/index.ts' },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    plugins: [wgslPlugin],
    metafile: true,
    write: false,
  });
  const code = outputFiles[0]?.contents ?? new Uint8Array();
  const inputs = Object.values(metafile.outputs).flatMap(({ inputs: files }) =>
    Object.entries(files).filter(([, { bytesInOutput }]) => bytesInOutput > 0),
  );
  return { gzipped: gzipSync(code, { level: 9 }).length, modules: inputs.map(([path]) => path) };
}

/** Bytes, minified and gzipped, of all that a page needs beside the weights. */
const LARGEST = 78_500;

describe('bundles for browsers', () => {
  it('hold engine, shaders and ZIAN in little space, and nothing of Node or the tests', async () => {
    const { gzipped, modules } = await bundle("export { Zian } from 'zian-webgpu';");
    expect(gzipped).toBeLessThan(LARGEST);
    expect(gzipped).toBeGreaterThan(LARGEST * 0.9);
    expect(modules.filter((path) => /src\/node|src\/cli|\.cases\.|\.ref\.|node_modules/.test(path))).toEqual(
      [],
    );
    expect(modules).toContain('src/kernels/conv2d/direct.wgsl');
  });

  it('of the graph builder alone hold nothing of ZIAN, and no shader', async () => {
    const { gzipped, modules } = await bundle("export { GraphBuilder } from 'zian-webgpu/graph';");
    expect(modules.filter((path) => /src\/(zian|web|images|weights)|\.wgsl$/.test(path))).toEqual([]);
    expect(gzipped).toBeLessThan(3_000);
  });

  it('of what needs no GPU hold no shader', async () => {
    const { modules } = await bundle("export { renderOverlay, ZianError } from 'zian-webgpu';");
    expect(modules.filter((path) => /\.wgsl$|src\/graph/.test(path))).toEqual([]);
  });
});
