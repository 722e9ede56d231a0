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
  it('reads entries in part and whole', async () => {
    const data = Uint8Array.from({ length: 100_000 }, (_, i) => (i * i) >> 3);
    const bytes = zipOf([hello, { name: 'b', data }], 'a comment PK\u0005\u0006');
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
      { name: 'b', data, zip64: true },
    ]);
    expect(await readAll(bytes, 'a')).toEqual(hello.data);
    expect(await readAll(bytes, 'b')).toEqual(data);
    for (const absurd of [2 ** 60, 2 ** 40]) {
      const entry = { ...hello, zip64: true };
      await expect(open(zipOf([{ ...entry, headerOffset: absurd }]))).rejects.toThrow(/outside the file/);
      await expect(open(zipOf([{ ...entry, compressedSize: absurd }]))).rejects.toThrow(/outside the file/);
      await expect(open(zipOf([{ ...entry, size: absurd }]))).rejects.toThrow(/two sizes/);
      await expect(open(zipOf([{ ...entry, deflate: true, size: absurd }]))).rejects.toThrow(
        /bomb|two sizes|compressed/,
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

  it.each<[string, readonly ArchiveEntry[], RegExp]>([
    ['a header that is elsewhere', [{ ...hello, headerOffset: 2 }], /not where the directory says/],
    ['another name in its header', [{ ...hello, local: { name: 'b' } }], /differ in its name/],
    ['a longer name in its header', [{ ...hello, local: { name: 'ab' } }], /differ in its name/],
    ['another method in its header', [{ ...hello, local: { method: 8 } }], /differ in its compression/],
    ['encryption in its header', [{ ...hello, local: { flags: 1 } }], /differ in whether it is encrypted/],
    ['another size in its header', [{ ...hello, local: { size: 4 } }], /differ in its size/],
    ['another checksum in its header', [{ ...hello, local: { crc: 7 } }], /differ in its checksum/],
    ['a deferred size that is wrong', [{ ...hello, local: { flags: 8, size: 4 } }], /differ in its size/],
    [
      'bytes that another entry has too',
      [
        { ...hello, size: 20, compressedSize: 20, local: { size: 20 } },
        { ...hello, name: 'b' },
      ],
      /"a" overlaps the one after it/,
    ],
    [
      'a header that another entry has too',
      [hello, { ...hello, name: 'b', headerOffset: 0 }],
      /overlaps|differ in its name/,
    ],
    [
      'bytes of the directory',
      [{ ...hello, size: 10, compressedSize: 10, local: { size: 10 } }],
      /"a" overlaps the directory/,
    ],
    ['strong encryption', [{ ...hello, flags: 0x40 }], /encrypted/],
    [
      'a name with an escape',
      [{ ...hello, name: 'a\u001b[31m' }],
      /"a\\u\{1b\}\[31m" has a name with control/,
    ],
    ['a name with a NUL', [{ ...hello, name: 'a\0b' }], /control characters/],
    ['the name __proto__', [{ ...hello, name: '__proto__' }], /__proto__/],
  ])('refuses an entry with %s', async (_, entries, message) => {
    await expect(open(zipOf(entries))).rejects.toThrow(message);
    await expect(open(zipOf(entries))).rejects.toMatchObject({ name: 'ZianError', kind: 'input' });
  });

  it('accepts sizes that come after the content, as PyTorch writes them', async () => {
    const deferred = { ...hello, flags: 8, local: { flags: 8, size: 0, crc: 0 } };
    expect(await readAll(zipOf([deferred]), 'a')).toEqual(hello.data);
  });

  it('refuses a directory with something behind its entries, or that its two end records describe differently', async () => {
    const bytes = zipOf([hello]);
    const view = new DataView(bytes.buffer);
    const end = bytes.length - 22;
    view.setUint16(end + 10, 0, true);
    view.setUint16(end + 8, 0, true);
    await expect(open(bytes)).rejects.toThrow(/behind its last entry/);
  });
});
