import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findSwiftShader, type SwiftShader, unpackSwiftShader } from '../../src/node/swiftshader.js';
import { untar } from '../../src/node/tar.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zian-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A tar archive of regular files, by the format's description in POSIX.1-1988 (ustar). */
function tar(files: Readonly<Record<string, string>>): Buffer {
  const blocks = Object.entries(files).flatMap(([name, content]) => {
    const header = Buffer.alloc(512);
    const field = (at: number, text: string): number => header.write(text, at, 'latin1');
    field(0, name);
    field(100, '0000644\0');
    field(124, `${content.length.toString(8).padStart(11, '0')}\0`);
    field(148, '        ');
    field(156, '0');
    field(257, 'ustar\x0000');
    const sum = header.reduce((total, byte) => total + byte, 0);
    field(148, `${sum.toString(8).padStart(6, '0')}\0 `);
    const data = Buffer.alloc(Math.ceil(content.length / 512) * 512);
    data.write(content, 'latin1');
    return [header, data];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

const CONTENTS = {
  'libEGL.so': 'not wanted',
  'libvk_swiftshader.so': 'driver '.repeat(200),
  'libvulkan.so.1': 'loader',
  'vk_swiftshader_icd.json': '{}',
};

describe('untar', () => {
  it('finds the files', () => {
    const files = untar(tar(CONTENTS));
    const texts = [...files].map(([name, bytes]) => [name, Buffer.from(bytes).toString('latin1')]);
    expect(Object.fromEntries(texts)).toEqual(CONTENTS);
  });

  it.each([
    ['cut short', (archive: Buffer) => archive.subarray(0, 2000)],
    ['no end mark', (archive: Buffer) => archive.subarray(0, -1024)],
    ['damaged header', (archive: Buffer) => archive.fill(0x41, 0, 4)],
  ])('refuses an archive: %s', (what, damage) => {
    expect(() => untar(damage(tar(CONTENTS)))).toThrow(what);
  });
});

describe('unpackSwiftShader', () => {
  const unpack = async (...bases: string[]): Promise<SwiftShader> => {
    const archive = join(folder, 'archive.tar.br');
    await writeFile(archive, brotliCompressSync(tar(CONTENTS)));
    return await unpackSwiftShader(
      { archive, version: '9' },
      bases.length > 0 ? bases : [join(folder, 'cache')],
    );
  };
  const driver = (base = join(folder, 'cache')): string =>
    join(base, 'swiftshader-9', 'libvk_swiftshader.so');

  it('puts what is needed, and nothing else, where only the user can write', async () => {
    const found = await unpack();
    const names = (await readdir(join(folder, 'cache', 'swiftshader-9'))).sort();
    expect(names).toEqual([
      'checksums.json',
      'libvk_swiftshader.so',
      'libvulkan.so.1',
      'vk_swiftshader_icd.json',
    ]);
    expect(await readFile(found.loader, 'utf8')).toBe('loader');
    expect(await readFile(found.manifest, 'utf8')).toBe('{}');
    expect((await stat(join(folder, 'cache', 'swiftshader-9'))).mode & 0o077).toBe(0);
  });

  it('does not write again what is whole', async () => {
    await unpack();
    const before = await stat(driver());
    await unpack();
    expect((await stat(driver())).ino).toBe(before.ino);
  });

  it.each([
    ['short', () => truncate(driver(), 5)],
    ['missing', () => rm(driver())],
    ['altered', () => writeFile(driver(), 'DRIVER '.repeat(200))],
  ])('replaces a file that is %s', async (_, damage) => {
    await unpack();
    await damage();
    await unpack();
    expect(await readFile(driver(), 'utf8')).toBe(CONTENTS['libvk_swiftshader.so']);
  });

  it('may be done by several at once', async () => {
    await Promise.all(Array.from({ length: 8 }, () => unpack()));
    expect(await readFile(driver(), 'utf8')).toBe(CONTENTS['libvk_swiftshader.so']);
    expect(await readdir(join(folder, 'cache', 'swiftshader-9'))).toHaveLength(4);
  });

  it('passes over folders that cannot be written or that others can', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    const open = join(folder, 'open');
    await mkdir(open);
    await chmod(open, 0o777);
    const found = await unpack(join(file, 'below'), open, join(folder, 'third'));
    expect(found.manifest.startsWith(join(folder, 'third'))).toBe(true);
    expect(await readdir(join(open, 'swiftshader-9'))).toEqual([]);
  });

  it('says what to do when no folder can be written', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    await expect(unpack(join(file, 'below'))).rejects.toMatchObject({
      kind: 'device',
      message: expect.stringMatching(/cannot be unpacked \(.*file.*\); set XDG_CACHE_HOME/),
    });
  });

  it('says which archive is damaged', async () => {
    const archive = join(folder, 'bad.tar.br');
    await writeFile(archive, brotliCompressSync(tar({ 'libvulkan.so.1': 'loader' })));
    await expect(unpackSwiftShader({ archive, version: '9' }, [folder])).rejects.toMatchObject({
      kind: 'device',
      message: expect.stringMatching(
        /bad\.tar\.br is damaged \(it has no libvk_swiftshader\.so\).*npm install/,
      ),
    });
    await writeFile(archive, 'no brotli');
    await expect(unpackSwiftShader({ archive, version: '9' }, [folder])).rejects.toMatchObject({
      kind: 'device',
    });
  });
});

describe('findSwiftShader', () => {
  it('finds the installed package', async () => {
    const found = await findSwiftShader();
    if ('unavailable' in found) throw new Error(found.unavailable);
    expect((await stat(found.archive)).size).toBeGreaterThan(1e6);
    expect(found.version).toMatch(/^\d+\.\d+\.\d+/);
  });

  it('says why there is none', async () => {
    const none = (): Promise<undefined> => Promise.resolve(undefined);
    expect(await findSwiftShader('linux-x64', none)).toEqual({
      unavailable: 'the package @sparticuz/chromium is not installed',
    });
    expect(await findSwiftShader('darwin-arm64')).toEqual({
      unavailable: 'the packaged SwiftShader is for linux-x64, and this is darwin-arm64',
    });
  });
});
