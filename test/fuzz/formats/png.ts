import { readdirSync } from 'node:fs';
import { deflateSync, inflateSync } from 'node:zlib';
import { crc32 } from '../../../src/images/crc32.js';
import { decodeImage } from '../../../src/node/images/decode.js';
import { type Draw, EDGES, join } from '../draw.js';
import { check, type Format } from '../format.js';
import { fixture } from './checkpoint.js';

interface Chunk {
  readonly type: string;
  readonly body: Uint8Array;
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

function chunksOf(bytes: Uint8Array): Chunk[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: Chunk[] = [];
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    chunks.push({
      type: String.fromCharCode(...bytes.subarray(at + 4, at + 8)),
      body: bytes.slice(at + 8, at + 8 + length),
    });
    at += 12 + length;
  }
  return chunks;
}

/** A chunk with its length and checksum right, but for now and then. */
function encode(draw: Draw, { type, body }: Chunk): Uint8Array {
  const typed = join(
    [...type].map((c) => c.charCodeAt(0)),
    body,
  );
  const frame = new Uint8Array(8);
  const view = new DataView(frame.buffer);
  view.setUint32(0, draw.chance(0.01) ? draw.near(body.length) % 2 ** 32 : body.length);
  view.setUint32(4, draw.chance(0.01) ? draw.below(2 ** 32) : crc32(typed));
  return join(frame.subarray(0, 4), typed, frame.subarray(4));
}

function mutateHeader(draw: Draw, body: Uint8Array): Uint8Array {
  const copy = body.slice();
  if (copy.length < 13) return draw.scrambled(copy);
  const view = new DataView(copy.buffer);
  const kind = draw.below(6);
  if (kind < 2)
    view.setUint32(
      4 * kind,
      (draw.chance(0.5)
        ? draw.near(view.getUint32(4 * kind))
        : draw.pick([...EDGES, 10_000, 99_999, 1_000_001])) %
        2 ** 32,
    );
  else if (kind === 2) copy.set([draw.pick([1, 2, 4, 8, 16])], 8);
  else if (kind === 3) copy.set([draw.pick([0, 2, 3, 4, 6])], 9);
  else if (kind === 4) copy.set([draw.below(3)], 12);
  else copy.set([draw.below(256)], 8 + draw.below(5));
  return copy;
}

/** The pixel data again, changed before or after compression. */
function mutateData(draw: Draw, chunks: readonly Chunk[]): Chunk[] {
  const packed = join(...chunks.filter(({ type }) => type === 'IDAT').map(({ body }) => body));
  const rest = chunks.filter(({ type }) => type !== 'IDAT');
  let data: Uint8Array = packed;
  const kind = draw.below(6);
  try {
    const raw = new Uint8Array(inflateSync(packed));
    if (kind === 0) data = deflateSync(draw.scrambled(raw));
    if (kind === 1) data = deflateSync(join(raw, new Uint8Array(draw.pick([1, 1000, 100_000, 3_000_000]))));
    if (kind === 2)
      data = deflateSync(raw, {
        level: draw.below(10),
        strategy: draw.below(5),
        windowBits: 9 + draw.below(7),
      });
  } catch {
    // Changed before: stays as it is.
  }
  if (kind === 3) data = draw.scrambled(packed);
  if (kind === 4) data = join(packed, draw.bytes(draw.below(100)));
  const size = draw.pick([1, 3, 100, data.length || 1]);
  const pieces =
    data.length / size > 5000
      ? [data]
      : Array.from({ length: Math.ceil(data.length / size) }, (_, i) =>
          data.subarray(i * size, (i + 1) * size),
        );
  const at = Math.max(
    0,
    rest.findIndex(({ type }) => type === 'IEND'),
  );
  return [...rest.slice(0, at), ...pieces.map((body) => ({ type: 'IDAT', body })), ...rest.slice(at)];
}

const TYPES = [
  'IDAT',
  'PLTE',
  'tRNS',
  'gAMA',
  'iCCP',
  'tEXt',
  'zTXt',
  'eXIf',
  'acTL',
  'fcTL',
  'fdAT',
  'sBIT',
  'pHYs',
  'IEND',
  'IHDR',
  'CgBI',
  'abcD',
  'JUNK',
  '\u001b[2J',
  'i\0DA',
];

function mutateChunks(draw: Draw, chunks: readonly Chunk[]): Chunk[] {
  const kind = draw.below(6);
  if (kind === 0) return draw.shuffled(chunks);
  if (kind === 1) return mutateData(draw, chunks);
  const at = draw.below(chunks.length);
  if (kind === 2)
    return chunks.map((chunk) =>
      chunk.type === 'IHDR' ? { ...chunk, body: mutateHeader(draw, chunk.body) } : chunk,
    );
  if (kind === 3)
    return [
      ...chunks.slice(0, at),
      { type: draw.pick(TYPES), body: draw.bytes(draw.pick([0, 1, 3, 12, 200, 768, 771])) },
      ...chunks.slice(at),
    ];
  if (kind === 4) return chunks.map((chunk, i) => (i === at ? { ...chunk, type: draw.pick(TYPES) } : chunk));
  return chunks.map((chunk, i) => (i === at ? { ...chunk, body: draw.scrambled(chunk.body) } : chunk));
}

let seeds: Chunk[][] | undefined;

export const png: Format = {
  name: 'png',
  mutate(draw) {
    seeds ??= readdirSync('test/fixtures/images')
      .filter((name) => name.endsWith('.png'))
      .sort()
      .map((name) => chunksOf(fixture(`images/${name}`)));
    let chunks: readonly Chunk[] = draw.pick(seeds);
    for (let i = draw.below(3); i >= 0; i--) if (chunks.length > 0) chunks = mutateChunks(draw, chunks);
    const bytes = join(SIGNATURE, ...chunks.map((chunk) => encode(draw, chunk)));
    return draw.chance(0.1) ? draw.scrambled(bytes) : bytes;
  },
  read: readImage,
};

/** Decodes an image, and counts its pixels: twice, since it may be turned. */
export async function readImage(bytes: Uint8Array): Promise<number> {
  const { width, height, data } = await decodeImage(bytes, 'scan');
  check(data.length === 4 * width * height && width > 0 && height > 0, 'another number of pixels');
  for (let i = 3; i < data.length; i += 4) check(data[i] === 255, 'a pixel that is not opaque');
  return 2 * data.length;
}
