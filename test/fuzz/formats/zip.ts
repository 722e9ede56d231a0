import { deflateRawSync } from 'node:zlib';
import { crc32 } from '../../../src/images/crc32.js';
import { type Draw, join, ODD_TEXTS } from '../draw.js';
import type { Format } from '../format.js';
import { fixture, readWhole } from './checkpoint.js';
import { encodeTokens, mutateTokens, tokenize } from './pickle-tokens.js';
import { readRecords, type ZipRecord } from './zip-records.js';

/** Fields of an entry, by their place in the two headers. */
interface Fields {
  name: Uint8Array;
  extra: Uint8Array;
  flags: number;
  method: number;
  crc: number;
  packed: number;
  size: number;
}

interface Entry {
  local: Fields;
  central: Fields & { offset: number; comment: Uint8Array };
  data: Uint8Array;
}

/** The last records, and what is between them. */
interface Tail {
  count: number;
  size: number;
  offset: number;
  zip64: boolean;
  comment: Uint8Array;
  between: Uint8Array;
}

const u16 = (value: number): number[] => [value & 255, (value >> 8) & 255];
const u32 = (value: number): number[] => [...new Uint8Array(Uint32Array.of(value).buffer)];
const u64 = (value: number): number[] => [
  ...new Uint8Array(BigUint64Array.of(BigInt(Math.floor(value))).buffer),
];

const headerFields = ({ flags, method, crc, packed, size, name, extra }: Fields): number[] => [
  ...u16(flags),
  ...u16(method),
  ...u32(0),
  ...u32(crc),
  ...u32(packed),
  ...u32(size),
  ...u16(name.length),
  ...u16(extra.length),
];

const localHeader = ({ local }: Entry): Uint8Array =>
  join([0x50, 0x4b, 3, 4, 20, 0], headerFields(local), local.name, local.extra);

const centralHeader = ({ central }: Entry): Uint8Array =>
  join(
    [0x50, 0x4b, 1, 2, 20, 0, 20, 0],
    headerFields(central),
    u16(central.comment.length),
    [0, 0, 0, 0, 0, 0, 0, 0],
    u32(central.offset),
    central.name,
    central.extra,
    central.comment,
  );

function entryOf({ name, content }: ZipRecord, draw: Draw): Entry {
  const packed = draw.chance(0.02);
  const data = packed ? deflateRawSync(content) : content;
  const fields: Fields = {
    name: new TextEncoder().encode(name),
    extra: new Uint8Array(0),
    flags: draw.chance(0.2) ? 0x808 : 0,
    method: packed ? 8 : 0,
    crc: crc32(content),
    packed: data.length,
    size: content.length,
  };
  const deferred = (fields.flags & 8) !== 0;
  const local = deferred ? { ...fields, crc: 0, packed: 0, size: 0 } : { ...fields };
  return { local, central: { ...fields, offset: 0, comment: new Uint8Array(0) }, data };
}

const NUMBERS = ['flags', 'method', 'crc', 'packed', 'size'] as const;

function mutateFields(draw: Draw, fields: Fields): void {
  const kind = draw.below(4);
  if (kind === 0)
    fields.name = draw.chance(0.5)
      ? new TextEncoder().encode(draw.pick(ODD_TEXTS))
      : draw.scrambled(fields.name);
  else if (kind === 1) {
    const values = Array.from({ length: draw.below(4) }, () => u64(draw.near(fields.size))).flat();
    fields.extra = join(
      u16(draw.pick([1, 1, 0x5455])),
      u16(draw.chance(0.8) ? values.length : draw.below(99)),
      values,
    );
    if (draw.chance(0.8)) fields[draw.pick(['packed', 'size'] as const)] = 0xffffffff;
  } else {
    const key = draw.pick(NUMBERS);
    fields[key] =
      key === 'flags' ? 1 << draw.below(16) : key === 'method' ? draw.below(20) : draw.near(fields[key]);
  }
}

/** Places entries one after the other and describes them rightly; what is changed afterwards is not. */
function layOut(entries: readonly Entry[]): { parts: Uint8Array[]; end: number } {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const entry of entries) {
    entry.central.offset = at;
    const header = localHeader(entry);
    parts.push(header, entry.data);
    at += header.length + entry.data.length;
  }
  return { parts, end: at };
}

function endRecords({ count, size, offset, zip64, comment, between }: Tail, at: number): Uint8Array {
  const record = zip64
    ? join(
        [0x50, 0x4b, 6, 6],
        u64(44),
        [45, 0, 45, 0],
        u32(0),
        u32(0),
        u64(count),
        u64(count),
        u64(size),
        u64(offset),
        [0x50, 0x4b, 6, 7],
        u32(0),
        u64(at),
        u32(1),
      )
    : new Uint8Array(0);
  return join(
    record,
    between,
    [0x50, 0x4b, 5, 6, 0, 0, 0, 0],
    u16(count),
    u16(count),
    u32(size),
    u32(offset),
    u16(comment.length),
    comment,
  );
}

function encode(draw: Draw, entries: readonly Entry[]): Uint8Array {
  const { parts, end } = layOut(entries);
  for (let i = draw.below(3); i > 0 && entries.length > 0; i--) {
    const entry = draw.pick(entries);
    if (draw.chance(0.3))
      entry.central.offset = draw.chance(0.5)
        ? draw.pick(entries).central.offset
        : draw.near(entry.central.offset) % 2 ** 32;
    else mutateFields(draw, entry.central);
  }
  const directory = join(...entries.map(centralHeader));
  const tail: Tail = {
    count: entries.length,
    size: directory.length,
    offset: end,
    zip64: draw.chance(0.3),
    comment: new Uint8Array(0),
    between: new Uint8Array(0),
  };
  if (draw.chance(0.2)) {
    const key = draw.pick(['count', 'size', 'offset'] as const);
    tail[key] = draw.near(tail[key]);
  }
  if (draw.chance(0.1)) tail.comment = draw.bytes(draw.below(40));
  if (draw.chance(0.05)) tail.between = draw.bytes(draw.below(40));
  return join(...parts, directory, endRecords(tail, end + directory.length));
}

const FILES = [
  'everything-zip-p2.pth',
  'training-zip.pth',
  'views.pth',
  'restored.pth',
  'big-endian.pth',
  'cuda.pth',
  'tensor.pth',
  'list.pth',
  'bare.pth',
  'uint16.pth',
];
let seeds: ZipRecord[][] | undefined;

export const zip: Format = {
  name: 'zip',
  mutate(draw) {
    seeds ??= FILES.map((file) => readRecords(fixture(`convert/${file}`)));
    let records = draw.pick(seeds);
    const kind = draw.below(6);
    if (kind === 0) records = draw.shuffled(records);
    if (kind === 1) {
      const at = draw.below(records.length);
      records = records.map((record, i) =>
        i === at ? { ...record, content: draw.scrambled(record.content) } : record,
      );
    }
    if (kind === 2) {
      records = records.map((record) =>
        record.name.endsWith('data.pkl')
          ? { ...record, content: encodeTokens(mutateTokens(draw, tokenize(record.content).tokens)) }
          : record,
      );
    }
    if (kind === 3)
      records = [
        ...records,
        {
          name: draw.pick(['x/byteorder', 'views/byteorder', 'x/data.pkl', 'y/../z', ...ODD_TEXTS]),
          content: new TextEncoder().encode(draw.pick(['big', 'little', 'x', ''])),
        },
      ];
    const entries = records.map((record) => entryOf(record, draw));
    if (kind === 4 && entries.length > 0) mutateFields(draw, draw.pick(entries).local);
    const bytes = encode(draw, entries);
    return draw.chance(0.1) ? draw.scrambled(bytes) : bytes;
  },
  read: readWhole,
};
