import { checkpointZip, dictPickle, global, int, tensor, text, tuple } from '../../convert/archives.js';
import type { Draw } from '../draw.js';
import type { Format } from '../format.js';
import { fixture, readWhole } from './checkpoint.js';
import { encodeTokens, mutateTokens, type Token, tokenize } from './pickle-tokens.js';
import { readRecords } from './zip-records.js';

/** A pickle and the storages that it refers to. */
interface Seed {
  readonly tokens: readonly Token[];
  readonly storages: Readonly<Record<string, Uint8Array>>;
}

function seedOf(file: string): Seed {
  const storages: Record<string, Uint8Array> = {};
  let pickle: Uint8Array = new Uint8Array(0);
  for (const { name, content } of readRecords(fixture(`convert/${file}`))) {
    if (name.endsWith('/data.pkl')) pickle = content;
    const key = /\/data\/(.*)$/.exec(name)?.[1];
    if (key !== undefined) storages[key] = content;
  }
  return { tokens: tokenize(pickle).tokens, storages };
}

/** Small enough that a change is likely to hit what matters. */
const small: Seed = {
  tokens: tokenize(
    dictPickle({
      w: tensor({}),
      v: tensor({ offset: 1, shape: [2, 2], strides: [1, 1] }),
      epoch: int(3),
      name: text('x'),
      size: tuple(int(1), int(2)),
      t: [...global('torch', 'Size'), ...tuple(tuple(int(3))), 0x52],
    }),
  ).tokens,
  storages: { 0: new Uint8Array(16) },
};

let seeds: Seed[] | undefined;
const allSeeds = (): Seed[] =>
  (seeds ??= [
    small,
    small,
    ...[
      'everything-zip-p2.pth',
      'everything-zip-p4.pth',
      'everything-zip-p5.pth',
      'training-zip.pth',
      'views.pth',
      'cuda.pth',
      'list.pth',
      'tensor.pth',
      'uint16.pth',
    ].map(seedOf),
  ]);

const mutant = (draw: Draw): Uint8Array => {
  const { tokens, storages } = draw.pick(allSeeds());
  const encoded = encodeTokens(mutateTokens(draw, tokens));
  return checkpointZip(draw.chance(0.1) ? draw.scrambled(encoded) : encoded, storages);
};

export const pickle: Format = { name: 'pickle', mutate: mutant, read: readWhole };
