import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { moduleOptions } from '../../scripts/module-options.mjs';

/** Inside node_modules, so that the bundled program finds the packages that it imports. */
let folder: string;
const program = (): string => join(folder, 'program.mjs');

/** Opens a device and computes on it, then does what its first argument says. */
const SOURCE = `
  import { openDevice } from './src/node/adapters.ts';
  import { hasVulkanLoader } from './src/node/vulkan.ts';
  const loader = hasVulkanLoader();
  const device = await openDevice('software');
  const say = (extra) => console.log(JSON.stringify({ loader, name: device.report.name, ...extra }));
  const buffer = device.gpu.createBuffer({ size: 1 << 20, usage: 0x9 });
  const mapped = buffer.mapAsync(1);
  switch (process.argv[2]) {
    case 'end': await mapped; say(); break;
    case 'pending': mapped.catch(() => {}); say(); break;
    case 'exit': mapped.catch(() => {}); say(); process.exit(7);
    case 'uncaptured':
      device.gpu.createBuffer({ size: 16, usage: 0x81 });
      await mapped;
      await new Promise((resolve) => setTimeout(resolve, 50));
      try { device.assertAlive(); } catch ({ kind }) { say({ kind }); }
  }
`;

beforeAll(async () => {
  folder = await mkdtemp(join('node_modules', '.zian-test-'));
  await build({
    ...moduleOptions,
    stdin: { contents: SOURCE, resolveDir: process.cwd() },
    outfile: program(),
    splitting: false,
  });
});
afterAll(() => rm(folder, { recursive: true }));

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(what: string, env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    // A process that hangs is ended by a signal, which the tests do not accept.
    const child = spawn(process.execPath, [program(), what], {
      env: { ...process.env, ...env },
      timeout: 60_000,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

const oneObject = (stdout: string): unknown => JSON.parse(stdout);

describe('a process that has opened a device and not destroyed it', () => {
  it.each([
    ['end', 0],
    ['pending', 0],
    ['exit', 7],
  ])('ends by itself, without a word of its own (%s)', async (what, code) => {
    const ended = await run(what);
    expect(ended).toMatchObject({ code, signal: null, stderr: '' });
    expect(oneObject(ended.stdout)).toMatchObject({ name: expect.stringMatching(/swiftshader/i) });
  });

  it('keeps errors that no scope caught off stdout, and reports them', async () => {
    const ended = await run('uncaptured');
    expect(ended).toMatchObject({ code: 0, signal: null });
    expect(oneObject(ended.stdout)).toMatchObject({ kind: 'device' });
  });
});

describe('a machine without a Vulkan loader', () => {
  it('computes with the packaged one', async () => {
    // The dynamic linker looks here first, and does not look further after a file that is no library.
    const hiding = join(folder, 'hiding');
    await mkdir(hiding);
    await writeFile(join(hiding, 'libvulkan.so.1'), 'not a library');
    const ended = await run('end', { LD_LIBRARY_PATH: join(process.cwd(), hiding) });
    expect(ended).toMatchObject({ code: 0, signal: null, stderr: '' });
    expect(oneObject(ended.stdout)).toMatchObject({
      loader: false,
      name: expect.stringMatching(/swiftshader/i),
    });
  });
});

describe('a machine with an empty cache', () => {
  it('unpacks SwiftShader once, whichever of two processes is first', async () => {
    const cache = join(process.cwd(), folder, 'cache');
    const both = await Promise.all([1, 2].map(() => run('end', { XDG_CACHE_HOME: cache })));
    for (const ended of both) expect(ended).toMatchObject({ code: 0, signal: null, stderr: '' });
    // Beside it, that the adapter has passed its self-test.
    const kept = (await readdir(join(cache, 'zian-webgpu'))).sort();
    expect(kept).toEqual(['self-test', expect.stringMatching(/^swiftshader-\d/)]);
    const [, version = ''] = kept;
    expect(await readdir(join(cache, 'zian-webgpu', version))).toHaveLength(4);
  });
});
