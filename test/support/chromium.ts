import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import { type Browser, chromium } from 'playwright-core';
import { untar } from '../../src/node/tar.js';
import { installedPackage } from '../../src/node/versions.js';

const CACHE = fileURLToPath(new URL('../../node_modules/.cache/', import.meta.url));

/** Members of these archives go beside the browser; the last has libraries (NSS) that a bare machine lacks. */
const ARCHIVES = { 'swiftshader.tar.br': '.', 'al2023.tar.br': 'lib' } as const;

/** WebGPU on SwiftShader. */
const WEBGPU_FLAGS = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];

/** Nothing that talks to the network by itself. */
const FLAGS = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Headless Chromium from the npm package (Linux x64), or the one that `ZIAN_TEST_BROWSER` names. Nothing is downloaded.
 * To be closed.
 * @param webgpu false for a browser that finds no adapter
 */
export async function launchChromium({ webgpu = true } = {}): Promise<Browser> {
  const own = process.env.ZIAN_TEST_BROWSER;
  const folder = own ? undefined : await unpackedChromium();
  return await chromium.launch({
    executablePath: folder ? join(folder, 'chromium') : (own ?? ''),
    args: webgpu ? [...FLAGS, ...WEBGPU_FLAGS] : FLAGS,
    env: {
      ...process.env,
      ...(folder ? { LD_LIBRARY_PATH: [join(folder, 'lib'), process.env.LD_LIBRARY_PATH].join(':') } : {}),
    },
  });
}

/** The package's archives, unpacked once per version; a folder appears whole, by rename. */
async function unpackedChromium(): Promise<string> {
  const found = await installedPackage('@sparticuz/chromium');
  if (!found) throw new Error('the browser tests need the package @sparticuz/chromium: run npm ci');
  const folder = join(CACHE, `chromium-${found.version}`);
  if (existsSync(folder)) return folder;
  const temporary = `${folder}.${randomUUID()}`;
  const read = async (name: string) =>
    await promisify(brotliDecompress)(await readFile(join(found.root, 'bin', name)));
  try {
    for (const [archive, to] of Object.entries(ARCHIVES)) {
      await mkdir(join(temporary, to), { recursive: true });
      for (const [name, bytes] of untar(await read(archive)))
        await writeFile(join(temporary, to, name.split('/').at(-1) ?? name), bytes, { mode: 0o755 });
    }
    await writeFile(join(temporary, 'chromium'), await read('chromium.br'), { mode: 0o755 });
    await rename(temporary, folder);
  } catch (error) {
    // Another process may have been faster.
    if (!existsSync(folder)) throw error;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return folder;
}
