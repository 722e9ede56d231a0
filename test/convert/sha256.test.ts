import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { nodeSha256 } from '../../src/node/sha256.js';
import { bytesSource } from '../../src/weights/index.js';
import { createSha256, sha256Source } from '../../tools/convert-weights/index.js';

const data = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 7919) >> 4);

describe('createSha256', () => {
  it('gives the digests of FIPS 180-4', () => {
    expect(createSha256().digestHex()).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
    const hash = createSha256();
    hash.update(new TextEncoder().encode('abc'));
    expect(hash.digestHex()).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  it('agrees with Node for every length around the block size, in pieces of any size', () => {
    for (let length = 0; length < 200; length++) {
      const bytes = data(length);
      const expected = createHash('sha256').update(bytes).digest('hex');
      for (const piece of [1, 3, 55, 64, 65, 200]) {
        const hash = createSha256();
        for (let at = 0; at < length; at += piece) hash.update(bytes.subarray(at, at + piece));
        expect(hash.digestHex()).toBe(expected);
      }
    }
  });

  it('hashes a source, with progress, by either implementation', async () => {
    const bytes = data(20 << 20);
    const expected = createHash('sha256').update(bytes).digest('hex');
    const seen: number[] = [];
    const source = bytesSource('s', bytes);
    expect(await sha256Source(source, nodeSha256, (done) => seen.push(done))).toBe(expected);
    expect(seen).toEqual([8 << 20, 16 << 20, 20 << 20]);
    expect(await sha256Source(source)).toBe(expected);
  });
});
