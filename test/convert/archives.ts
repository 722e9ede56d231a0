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
}

function record(
  size: number,
  fields: readonly (readonly [at: number, width: 2 | 4, value: number])[],
): Buffer {
  const bytes = Buffer.alloc(size);
  for (const [at, width, value] of fields) bytes.writeUIntLE(value, at, width);
  return bytes;
}

/** A zip archive without zip64, with deliberate faults where entries ask for them. */
export function zipOf(entries: readonly ArchiveEntry[], comment = ''): Uint8Array {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.name);
    const content = entry.deflate ? deflateRawSync(entry.data) : Buffer.from(entry.data);
    const method = entry.method ?? (entry.deflate ? 8 : 0);
    const local = record(30, [
      [0, 4, 0x04034b50],
      [8, 2, method],
      [18, 4, content.byteLength],
      [22, 4, entry.data.byteLength],
      [26, 2, name.byteLength],
    ]);
    const central = record(46, [
      [0, 4, 0x02014b50],
      [8, 2, entry.flags ?? 0],
      [10, 2, method],
      [20, 4, entry.compressedSize ?? content.byteLength],
      [24, 4, entry.size ?? entry.data.byteLength],
      [28, 2, name.byteLength],
      [42, 4, entry.headerOffset ?? at],
    ]);
    parts.push(local, name, content);
    directory.push(central, name);
    at += 30 + name.byteLength + content.byteLength;
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
