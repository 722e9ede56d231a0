import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { writeFileAtomic, writeFileStreaming } from '../../src/node/atomic-file.js';
import { openFileSource } from '../../src/node/file-source.js';
import { readPieces } from '../../src/weights/index.js';

const root = mkdtempSync(join(tmpdir(), 'zian-files-'));
let folder = root;
beforeEach(() => {
  folder = mkdtempSync(join(root, 'case-'));
});
afterAll(() => rmSync(root, { recursive: true }));

describe('openFileSource', () => {
  it('reads any range, and pieces of a range', async () => {
    const path = join(folder, 'f');
    writeFileSync(
      path,
      Uint8Array.from({ length: 100 }, (_, i) => i),
    );
    const source = await openFileSource(path);
    expect(source.size).toBe(100);
    expect([...(await source.read(97, 3))]).toEqual([97, 98, 99]);
    expect((await source.read(100, 0)).byteLength).toBe(0);
    const lengths: number[] = [];
    for await (const piece of readPieces(source, 10, 25, 10)) lengths.push(piece.byteLength);
    expect(lengths).toEqual([10, 10, 5]);
    await expect(source.read(98, 3)).rejects.toThrow(/truncated or damaged.*only 100/);
    await expect(source.read(-1, 1)).rejects.toThrow(/truncated or damaged/);
    await source.close();
  });

  it('names what is wrong with a path', async () => {
    await expect(openFileSource(join(folder, 'none'))).rejects.toMatchObject({
      kind: 'input',
      message: `${join(folder, 'none')} does not exist.`,
    });
    await expect(openFileSource(folder)).rejects.toThrow('is a folder, not a file');
    await expect(openFileSource('/dev/null')).rejects.toThrow('not a regular file');
  });

  it('notices a file that became shorter', async () => {
    const path = join(folder, 'f');
    writeFileSync(path, new Uint8Array(100));
    const source = await openFileSource(path);
    writeFileSync(path, new Uint8Array(50));
    await expect(source.read(0, 100)).rejects.toThrow('became shorter');
    await source.close();
  });
});

describe('writeFileStreaming', () => {
  it('shows nothing under the name until all is written', async () => {
    const path = join(folder, 'out');
    const result = await writeFileStreaming(path, async (sink) => {
      await sink.write(Uint8Array.of(1, 2));
      expect(readdirSync(folder)).not.toContain('out');
      await sink.write(Uint8Array.of(3));
      return 'done';
    });
    expect(result).toBe('done');
    expect([...readFileSync(path)]).toEqual([1, 2, 3]);
    expect(readdirSync(folder)).toEqual(['out']);
  });

  it('leaves the old file and no temporary one when producing fails', async () => {
    const path = join(folder, 'out');
    writeFileSync(path, 'old');
    const failing = writeFileStreaming(path, async (sink) => {
      await sink.write(Uint8Array.of(1));
      throw new Error('no more');
    });
    await expect(failing).rejects.toThrow('no more');
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['out']);
  });

  it('refuses a folder, and a path in a folder that is not there', async () => {
    await expect(writeFileAtomic(folder, 'x')).rejects.toMatchObject({ kind: 'usage' });
    await expect(writeFileAtomic(join(folder, 'no', 'out'), 'x')).rejects.toThrow(
      'its folder does not exist',
    );
    await writeFileAtomic(join(folder, 'text'), 'x');
    expect(readFileSync(join(folder, 'text'), 'utf8')).toBe('x');
  });
});
