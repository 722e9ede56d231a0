import { describe, expect, it } from 'vitest';
import { bytesSource } from '../../src/weights/index.js';
import { openZip } from '../../tools/convert-weights/zip-reader.js';
import { type ArchiveEntry, bytesOf, zipOf } from './archives.js';

const open = (bytes: Uint8Array) => openZip(bytesSource('z.zip', bytes));

async function readAll(bytes: Uint8Array, name: string): Promise<Uint8Array> {
  const zip = await open(bytes);
  const entry = zip.entries.get(name);
  if (entry === undefined) throw new Error(`no ${name}`);
  return zip.read(entry, 0, entry.size);
}

const hello: ArchiveEntry = { name: 'a', data: bytesOf('hello') };

describe('openZip', () => {
  it('reads stored and deflated entries, in part and whole', async () => {
    const data = Uint8Array.from({ length: 100_000 }, (_, i) => (i * i) >> 3);
    const bytes = zipOf([hello, { name: 'b', data, deflate: true }], 'a comment PK\u0005\u0006');
    expect(await readAll(bytes, 'a')).toEqual(hello.data);
    expect(await readAll(bytes, 'b')).toEqual(data);
    const zip = await open(bytes);
    for (const [name, content] of [
      ['a', hello.data],
      ['b', data],
    ] as const) {
      const entry = zip.entries.get(name);
      if (entry === undefined) throw new Error(name);
      expect(await zip.read(entry, 2, 3)).toEqual(content.slice(2, 5));
      await expect(zip.read(entry, 2, content.length)).rejects.toThrow(/truncated or damaged/);
    }
  });

  it('reads sizes and offsets from zip64 fields, and refuses absurd ones', async () => {
    const data = Uint8Array.from({ length: 500 }, (_, i) => i);
    const bytes = zipOf([
      { ...hello, zip64: true },
      { name: 'b', data, deflate: true, zip64: true },
    ]);
    expect(await readAll(bytes, 'a')).toEqual(hello.data);
    expect(await readAll(bytes, 'b')).toEqual(data);
    for (const absurd of [2 ** 60, 2 ** 40]) {
      const entry = { ...hello, zip64: true };
      await expect(open(zipOf([{ ...entry, headerOffset: absurd }]))).rejects.toThrow(/outside the file/);
      await expect(open(zipOf([{ ...entry, compressedSize: absurd }]))).rejects.toThrow(/outside the file/);
      await expect(open(zipOf([{ ...entry, size: absurd }]))).rejects.toThrow(/two sizes/);
      await expect(open(zipOf([{ ...entry, deflate: true, size: absurd }]))).rejects.toThrow(
        /bomb|two sizes/,
      );
    }
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['no directory', zipOf([hello]).slice(0, -30), /truncated zip archive/],
    ['next to nothing', bytesOf('PK', 3, 4), /truncated zip archive/],
    ['an encrypted entry', zipOf([{ ...hello, flags: 1 }]), /"a" is encrypted/],
    ['another method', zipOf([{ ...hello, method: 12 }]), /method 12/],
    ['a name twice', zipOf([hello, hello]), /lists "a" twice/],
    ['an entry outside the file', zipOf([{ ...hello, headerOffset: 5000 }]), /outside the file/],
    [
      'a stored size beyond the file',
      zipOf([{ ...hello, size: 2 ** 31, compressedSize: 2 ** 31 }]),
      /outside the file/,
    ],
    ['two sizes of a stored entry', zipOf([{ ...hello, size: 2 ** 31 }]), /two sizes/],
    ['a size in a zip64 field that is missing', zipOf([{ ...hello, size: 0xffffffff }]), /lacks its size/],
    ['a declared bomb', zipOf([{ ...hello, deflate: true, size: 0xfffffffe }]), /zip bomb/],
    ['a real bomb', zipOf([{ name: 'z', data: new Uint8Array(150 << 20), deflate: true }]), /zip bomb/],
    [
      'a bomb in parts',
      zipOf(
        Array.from({ length: 100 }, (_, i) => ({
          name: `${i}`,
          data: new Uint8Array(1 << 20),
          deflate: true,
          size: 50 << 20,
        })),
      ),
      /zip bomb/,
    ],
  ])('refuses %s', async (_, bytes, message) => {
    await expect(open(bytes)).rejects.toThrow(message);
    await expect(open(bytes)).rejects.toMatchObject({ name: 'ZianError', kind: 'input' });
  });

  it.each<[string, ArchiveEntry, RegExp]>([
    [
      'more than it declares',
      { name: 'z', data: new Uint8Array(5000), deflate: true, size: 4999 },
      /more than the 4999/,
    ],
    [
      'less than it declares',
      { name: 'z', data: new Uint8Array(5000), deflate: true, size: 5001 },
      /5000 bytes instead of 5001/,
    ],
    [
      'nothing, for it is no deflate data',
      { name: 'z', data: bytesOf(Array(50).fill(0xff)), method: 8 },
      /cannot be unpacked/,
    ],
    [
      'half, for it is cut',
      {
        name: 'z',
        data: Uint8Array.from({ length: 5000 }, (_, i) => i * i),
        deflate: true,
        compressedSize: 100,
      },
      /cannot be unpacked|instead of/,
    ],
    [
      'from a header that is elsewhere',
      { name: 'z', data: bytesOf('hello'), headerOffset: 2 },
      /not where the directory says/,
    ],
  ])('refuses an entry that gives %s', async (_, entry, message) => {
    await expect(readAll(zipOf([entry]), 'z')).rejects.toThrow(message);
    await expect(readAll(zipOf([entry]), 'z')).rejects.toMatchObject({ name: 'ZianError' });
  });
});
