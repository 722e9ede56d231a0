import { readdirSync, readFileSync } from 'node:fs';
import { ZianError } from '../../../src/errors.js';
import { bytesSource } from '../../../src/weights/byte-source.js';
import { readCheckpoint, selectStateDict } from '../../../tools/convert-weights/index.js';
import { check } from '../format.js';

/** Fixtures, from the root of the repository: the fuzzers run there, built or not. */
export const fixture = (path: string): Uint8Array => new Uint8Array(readFileSync(`test/fixtures/${path}`));

/** The fixtures of a folder whose names end so, in the order of their names. */
export const fixturesEndingWith = (folder: string, ending: string): readonly Uint8Array[] =>
  readdirSync(`test/fixtures/${folder}`)
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => fixture(`${folder}/${name}`));

/** Reads every tensor of a checkpoint, as `zian inspect` and `zian convert` do. */
export async function readWhole(bytes: Uint8Array): Promise<number> {
  const checkpoint = await readCheckpoint(bytesSource('m.pth', bytes));
  for (const [name, tensor] of checkpoint.tensors) {
    check(!/[\p{Cc}\p{Cf}]/u.test(name) && !name.includes('__proto__'), 'a name that is refused by rule');
    let length = 0;
    for await (const piece of tensor.pieces()) length += piece.byteLength;
    check(length === tensor.byteLength, 'a tensor of another length');
  }
  try {
    selectStateDict(checkpoint);
  } catch (error) {
    if (!(error instanceof ZianError)) throw error;
  }
  return 0;
}
