import { describe, expect, it } from 'vitest';
import { type ByteSource, bytesSource, readAhead } from '../../src/weights/index.js';
import { random } from '../support/random.js';

const bytes = Uint8Array.from({ length: 1000 }, (_, i) => (i * 7) % 251);

/** Counts what is asked of it. */
function counted(): { source: ByteSource; reads: [number, number][] } {
  const inner = bytesSource('memory', bytes);
  const reads: [number, number][] = [];
  const read = (offset: number, length: number): Promise<Uint8Array> => {
    reads.push([offset, length]);
    return inner.read(offset, length);
  };
  return { source: { ...inner, read }, reads };
}

describe('readAhead', () => {
  it('gives what the source gives, wherever and however long', async () => {
    const next = random(3);
    const { source } = counted();
    const ahead = readAhead(source, { blockBytes: 64, blocks: 3 });
    expect(ahead).toMatchObject({ name: 'memory', size: 1000 });
    for (let i = 0; i < 300; i++) {
      const offset = Math.floor(next() * 1000);
      const length = Math.floor(next() * Math.min(150, 1001 - offset));
      expect([...(await ahead.read(offset, length))]).toEqual([...bytes.subarray(offset, offset + length)]);
    }
  });

  it('reads each block once where reads run through the file at two places', async () => {
    const { source, reads } = counted();
    const ahead = readAhead(source, { blockBytes: 64, blocks: 6 });
    for (let at = 0; at < 300; at += 10) {
      await ahead.read(at, 10);
      await ahead.read(500 + at, 10);
    }
    expect(new Set(reads.map(([offset]) => offset)).size).toBe(reads.length);
    expect(reads.length).toBeLessThanOrEqual(Math.ceil(1000 / 64));
  });

  it('passes long reads through', async () => {
    const { source, reads } = counted();
    await readAhead(source, { blockBytes: 64 }).read(100, 65);
    expect(reads).toEqual([[100, 65]]);
  });

  it('fails as the source does, and tries again', async () => {
    const { source } = counted();
    let broken = true;
    const flaky: ByteSource = {
      ...source,
      read: (offset, length) =>
        broken ? Promise.reject(new Error('unplugged')) : source.read(offset, length),
    };
    const ahead = readAhead(flaky, { blockBytes: 64 });
    await expect(ahead.read(70, 4)).rejects.toThrow('unplugged');
    broken = false;
    expect([...(await ahead.read(70, 4))]).toEqual([...bytes.subarray(70, 74)]);
    await expect(ahead.read(999, 2)).rejects.toThrow('truncated');
    await expect(ahead.read(-1, 2)).rejects.toThrow('truncated');
  });
});
