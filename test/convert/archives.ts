import { deflateRawSync } from 'node:zlib';

/** One entry of a hand-made zip archive; what is not given is as it should be. */
export interface ArchiveEntry {
  readonly name: string;
  readonly data: Uint8Array;
  readonly deflate?: boolean;
  /** Overrides of what the directory says. */
  readonly method?: number;
  readonly flags?: number;
  readonly size?: number;
  readonly compressedSize?: number;
  readonly headerOffset?: number;
  /** Overrides of what the local header says. */
  readonly local?: {
    readonly name?: string;
    readonly method?: number;
    readonly flags?: number;
    readonly size?: number;
    readonly crc?: number;
  };
  /** Puts sizes and offset into a zip64 extra field. */
  readonly zip64?: boolean;
}

const SATURATED = 0xffffffff;

/** The zip64 extra field: size, compressed size, offset. */
const zip64Extra = (...values: readonly number[]): Buffer =>
  Buffer.concat([
    Buffer.from(Uint16Array.of(1, 8 * values.length).buffer),
    Buffer.from(BigUint64Array.from(values, BigInt).buffer),
  ]);

function record(
  size: number,
  fields: readonly (readonly [at: number, width: 2 | 4, value: number])[],
): Buffer {
  const bytes = Buffer.alloc(size);
  for (const [at, width, value] of fields) bytes.writeUIntLE(value, at, width);
  return bytes;
}

/** A zip archive, with deliberate faults where entries ask for them. */
export function zipOf(entries: readonly ArchiveEntry[], comment = ''): Uint8Array {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.name);
    const content = entry.deflate ? deflateRawSync(entry.data) : Buffer.from(entry.data);
    const method = entry.method ?? (entry.deflate ? 8 : 0);
    const localName = Buffer.from(entry.local?.name ?? entry.name);
    const local = record(30, [
      [0, 4, 0x04034b50],
      [6, 2, entry.local?.flags ?? 0],
      [8, 2, entry.local?.method ?? method],
      [14, 4, entry.local?.crc ?? 0],
      [18, 4, entry.local?.size ?? content.byteLength],
      [22, 4, entry.local?.size ?? entry.data.byteLength],
      [26, 2, localName.byteLength],
    ]);
    const sizes = [
      entry.size ?? entry.data.byteLength,
      entry.compressedSize ?? content.byteLength,
      entry.headerOffset ?? at,
    ] as const;
    // Another extra field first, as archivers write time stamps.
    const extra = entry.zip64
      ? Buffer.concat([Buffer.from([0x55, 0x54, 1, 0, 9]), zip64Extra(...sizes)])
      : Buffer.alloc(0);
    const [size, compressedSize, headerOffset] = entry.zip64 ? [SATURATED, SATURATED, SATURATED] : sizes;
    const central = record(46, [
      [0, 4, 0x02014b50],
      [8, 2, entry.flags ?? 0],
      [10, 2, method],
      [20, 4, compressedSize],
      [24, 4, size],
      [28, 2, name.byteLength],
      [30, 2, extra.byteLength],
      [42, 4, headerOffset],
    ]);
    parts.push(local, localName, content);
    directory.push(central, name, extra);
    at += 30 + localName.byteLength + content.byteLength;
  }
  const central = Buffer.concat(directory);
  const end = record(22, [
    [0, 4, 0x06054b50],
    [8, 2, entries.length],
    [10, 2, entries.length],
    [12, 4, central.byteLength],
    [16, 4, at],
    [20, 2, comment.length],
  ]);
  return new Uint8Array(Buffer.concat([...parts, central, end, Buffer.from(comment)]));
}

/** A PyTorch zip checkpoint with this pickle and these storages. */
export const checkpointZip = (
  pickle: Uint8Array,
  storages: Readonly<Record<string, Uint8Array>> = {},
  extra: readonly ArchiveEntry[] = [],
): Uint8Array =>
  zipOf([
    { name: 'm/data.pkl', data: pickle },
    ...Object.entries(storages).map(([key, data]) => ({ name: `m/data/${key}`, data })),
    ...extra,
  ]);

/** Bytes of a pickle, from opcodes as characters or numbers and from strings of bytes. */
export const bytesOf = (...parts: readonly (string | number | readonly number[])[]): Uint8Array =>
  Uint8Array.from(
    parts.flatMap((part) =>
      typeof part === 'string' ? [...Buffer.from(part, 'latin1')] : typeof part === 'number' ? [part] : part,
    ),
  );

const u32 = (value: number): number[] => [...new Uint8Array(Uint32Array.of(value).buffer)];

/** BINUNICODE. */
export const text = (value: string): number[] => {
  const bytes = [...new TextEncoder().encode(value)];
  return [0x58, ...u32(bytes.length), ...bytes];
};

/** BININT, or LONG1 where it does not fit. */
export function int(value: number): number[] {
  if (Math.abs(value) < 2 ** 31) return [0x4a, ...new Uint8Array(Int32Array.of(value).buffer)];
  return [0x8a, 8, ...new Uint8Array(BigInt64Array.of(BigInt(value)).buffer)];
}

/** A tuple of values already pickled. */
export const tuple = (...items: readonly (readonly number[])[]): number[] => [0x28, ...items.flat(), 0x74];

export const global = (module: string, name: string): number[] => [...bytesOf(`c${module}\n${name}\n`)];

export interface TensorParts {
  readonly key?: string;
  readonly storageClass?: string;
  readonly count?: number;
  readonly offset?: number;
  readonly shape?: readonly number[];
  readonly strides?: readonly number[];
}

/** A call of _rebuild_tensor_v2 on a storage. */
export function tensor({
  key = '0',
  storageClass = 'FloatStorage',
  count = 4,
  offset = 0,
  shape = [4],
  strides = [1],
}: TensorParts): number[] {
  const storage = [
    ...tuple(text('storage'), global('torch', storageClass), text(key), text('cpu'), int(count)),
    0x51,
  ];
  const hooks = [...global('collections', 'OrderedDict'), 0x29, 0x52];
  const args = tuple(
    storage,
    int(offset),
    tuple(...shape.map(int)),
    tuple(...strides.map(int)),
    [0x89],
    hooks,
  );
  return [...global('torch._utils', '_rebuild_tensor_v2'), ...args, 0x52];
}

/** A dict of pickled values, as a whole pickle of protocol 2. */
export const dictPickle = (entries: Readonly<Record<string, readonly number[]>>): Uint8Array =>
  bytesOf(0x80, 2, '}', '(', ...Object.entries(entries).flatMap(([key, value]) => [text(key), value]), 'u.');

/** A checkpoint in the older format: preamble, object, keys, then storages behind their element counts. */
export const legacyCheckpoint = (
  object: Uint8Array,
  storages: readonly (readonly [key: string, count: number, data: Uint8Array])[],
): Uint8Array =>
  bytesOf(
    [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e],
    [0x80, 2, 0x4d, 0xe9, 0x03, 0x2e],
    [0x80, 2, 0x7d, 0x2e],
    [...object],
    bytesOfKeys(storages.map(([key]) => key)),
    ...storages.flatMap(([, count, data]) => [
      [...new Uint8Array(BigInt64Array.of(BigInt(count)).buffer)],
      [...data],
    ]),
  );

const bytesOfKeys = (keys: readonly string[]): number[] => [
  0x80,
  2,
  0x5d,
  0x28,
  ...keys.flatMap(text),
  0x65,
  0x2e,
];
