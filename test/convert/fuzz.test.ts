import { describe, expect, it } from 'vitest';
import { ZianError } from '../../src/errors.js';
import { bytesSource, memorySink, openSafetensors, writeSafetensors } from '../../src/weights/index.js';
import { readCheckpoint, selectStateDict } from '../../tools/convert-weights/index.js';
import { fixtureBytes } from './fixtures.js';

/** Mulberry32: small, and the same everywhere. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Bytes that mean something to pickles, zips and sizes, so that flips reach past the first check. */
const INTERESTING = [
  0x00, 0x01, 0x7f, 0x80, 0xff, 0x28, 0x2e, 0x52, 0x62, 0x63, 0x71, 0x74, 0x81, 0x93, 0x95, 0x51,
];

function mutate(original: Uint8Array, next: () => number): Uint8Array {
  const pick = (limit: number): number => Math.floor(next() * limit);
  const bytes = original.slice();
  const kind = pick(6);
  if (kind === 0) return bytes.slice(0, pick(bytes.length));
  if (kind === 1) {
    const at = pick(bytes.length);
    bytes.copyWithin(at, pick(bytes.length), pick(bytes.length));
    return bytes;
  }
  for (let i = pick(4); i >= 0; i--) {
    bytes[pick(bytes.length)] = kind % 2 === 0 ? pick(256) : (INTERESTING[pick(INTERESTING.length)] ?? 0);
  }
  return bytes;
}

async function readEverything(bytes: Uint8Array): Promise<void> {
  const checkpoint = await readCheckpoint(bytesSource('fuzzed.pth', bytes));
  for (const tensor of checkpoint.tensors.values()) {
    let length = 0;
    for await (const piece of tensor.pieces()) length += piece.byteLength;
    expect(length).toBe(tensor.byteLength);
  }
  selectStateDict(checkpoint);
}

async function readWeights(bytes: Uint8Array): Promise<void> {
  const file = await openSafetensors(bytesSource('fuzzed.safetensors', bytes));
  for (const name of file.tensors.keys()) await file.readFloat32(name);
}

/** Runs mutations; each must be read or refused as an input error, never anything else. */
async function fuzz(
  original: Uint8Array,
  read: (bytes: Uint8Array) => Promise<void>,
  rounds: number,
  seed: number,
): Promise<{ refused: number; accepted: number }> {
  const next = random(seed);
  let refused = 0;
  for (let round = 0; round < rounds; round++) {
    const bytes = mutate(original, next);
    try {
      await read(bytes);
    } catch (error) {
      if (!(error instanceof ZianError)) {
        throw new Error(`round ${round} of seed ${seed} threw ${String(error)}`, { cause: error });
      }
      refused++;
    }
  }
  return { refused, accepted: rounds - refused };
}

describe('damaged files are read or refused, never anything else', () => {
  it.each([
    ['everything-zip-p2.pth', 1],
    ['everything-zip-p4.pth', 2],
    ['everything-legacy-p2.pth', 3],
    ['everything-legacy-p5.pth', 4],
    ['training-zip.pth', 5],
    ['refused/deflated.pth', 6],
    ['restored.pth', 7],
    ['cuda-legacy.pth', 8],
    ['refused/system-legacy.pth', 9],
  ])('%s', async (file, seed) => {
    const { refused } = await fuzz(fixtureBytes(file), readEverything, 400, seed);
    expect(refused).toBeGreaterThan(50);
  });

  it('a safetensors file', async () => {
    const sink = memorySink();
    const entry = (name: string, dtype: 'F32' | 'F16', size: number) => ({
      name,
      dtype,
      shape: [size],
      bytes: () => new Uint8Array(size * (dtype === 'F32' ? 4 : 2)),
    });
    await writeSafetensors(sink, [entry('a', 'F32', 3), entry('b', 'F16', 5)], { k: 'v' });
    const { refused } = await fuzz(sink.bytes(), readWeights, 3000, 10);
    expect(refused).toBeGreaterThan(1000);
  });

  it('every truncation of a small checkpoint', async () => {
    for (const file of ['cuda.pth', 'cuda-legacy.pth']) {
      const bytes = fixtureBytes(file);
      for (let length = 0; length < bytes.length; length++) {
        await expect(readEverything(bytes.slice(0, length))).rejects.toBeInstanceOf(ZianError);
      }
    }
  });
});
