import { bytesOf, dictPickle, int, legacyCheckpoint, tensor } from '../../convert/archives.js';
import { type Draw, join } from '../draw.js';
import type { Format } from '../format.js';
import { fixture, readWhole } from './checkpoint.js';
import { encodeTokens, mutateTokens, type Token, tokenize } from './pickle-tokens.js';

/** Magic number, version, machine, object and keys, each a pickle; then the storages. */
interface Seed {
  readonly pickles: readonly (readonly Token[])[];
  readonly storages: Uint8Array;
}

function split(bytes: Uint8Array): Seed {
  const pickles: Token[][] = [];
  let at = 0;
  for (let i = 0; i < 5; i++) {
    const { tokens, end } = tokenize(bytes.subarray(at));
    pickles.push(tokens);
    at += end;
  }
  return { pickles, storages: bytes.slice(at) };
}

const FILES = [
  'everything-legacy-p2.pth',
  'everything-legacy-p4.pth',
  'everything-legacy-p5.pth',
  'training-legacy.pth',
  'cuda-legacy.pth',
];
let seeds: Seed[] | undefined;

function allSeeds(): Seed[] {
  const small = split(
    legacyCheckpoint(dictPickle({ w: tensor({}), n: int(1) }), [['0', 4, bytesOf(Array(16).fill(7))]]),
  );
  seeds ??= [small, small, ...FILES.map((file) => split(fixture(`convert/${file}`)))];
  return seeds;
}

function mutate(draw: Draw): Uint8Array {
  const { pickles, storages } = draw.pick(allSeeds());
  const kind = draw.below(10);
  // The object and its keys are what there is most to go wrong with.
  const which = kind < 5 ? 3 : kind < 7 ? 4 : kind < 8 ? draw.below(3) : -1;
  const parts = pickles.map((tokens, i) => encodeTokens(i === which ? mutateTokens(draw, tokens) : tokens));
  const data = storages.slice();
  if (kind >= 8 && data.length >= 8) {
    const view = new DataView(data.buffer);
    const at = draw.chance(0.7) ? 0 : draw.below(data.length - 7);
    view.setBigUint64(
      at,
      BigInt(Math.floor(draw.near(Number(view.getBigUint64(at, true) % 2n ** 32n)))),
      true,
    );
  }
  const bytes = join(...(draw.chance(0.05) ? draw.shuffled(parts) : parts), data);
  return draw.chance(0.1) ? draw.scrambled(bytes) : bytes;
}

export const legacy: Format = { name: 'legacy', mutate, read: readWhole };
