import { describe, expect, it } from 'vitest';
import { ZianError } from '../../src/errors.js';
import {
  type ByteSource,
  blobSource,
  bytesSource,
  memorySink,
  openSafetensors,
  SAFETENSORS_DTYPES,
  type SafetensorsEntry,
  writeSafetensors,
} from '../../src/weights/index.js';

/** A file by hand: any header, any data. */
function file(header: unknown, dataBytes = 0, announced?: bigint): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.byteLength + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, announced ?? BigInt(json.byteLength), true);
  bytes.set(json, 8);
  return bytes;
}

const open = (bytes: Uint8Array) => openSafetensors(bytesSource('m.safetensors', bytes));

const f32 = (begin: number, end: number, shape = [(end - begin) / 4]) => ({
  dtype: 'F32',
  shape,
  data_offsets: [begin, end],
});

async function written(entries: readonly SafetensorsEntry[], metadata?: Record<string, string>) {
  const sink = memorySink();
  const size = await writeSafetensors(sink, entries, metadata);
  expect(sink.bytes().byteLength).toBe(size);
  return sink.bytes();
}

const entry = (name: string, dtype: SafetensorsEntry['dtype'], shape: number[], bytes: Uint8Array) => ({
  name,
  dtype,
  shape,
  bytes: () => bytes,
});

describe('openSafetensors', () => {
  it('reads back what the writer wrote: every dtype, names, shapes, metadata and bytes', async () => {
    const entries = Object.entries(SAFETENSORS_DTYPES).map(([dtype, size], i) =>
      entry(`t.${dtype}`, dtype as SafetensorsEntry['dtype'], [3, 1], new Uint8Array(3 * size).fill(i + 1)),
    );
    entries.push(
      entry('0', 'F32', [], new Uint8Array(4).fill(77)),
      entry('__proto', 'U8', [0, 9], new Uint8Array(0)),
    );
    const metadata = { format: 'zian', __proto__x: 'ü "quoted"' };
    for (const source of [
      bytesSource('m', await written(entries, metadata)),
      blobSource('m', new Blob([await written(entries, metadata)])),
    ]) {
      const opened = await openSafetensors(source);
      expect(opened.metadata).toEqual(metadata);
      expect([...opened.tensors.keys()].sort()).toEqual(entries.map(({ name }) => name).sort());
      for (const { name, dtype, shape, bytes } of entries) {
        expect(opened.tensors.get(name)).toMatchObject({ name, dtype, shape });
        expect(await opened.readBytes(name)).toEqual(bytes());
      }
    }
  });

  it('starts every tensor at a multiple of its element size, and the data at a multiple of 8', async () => {
    const bytes = await written([
      entry('a', 'U8', [3], new Uint8Array(3)),
      entry('b', 'F64', [1], new Uint8Array(8)),
      entry('c', 'F16', [1], new Uint8Array(2)),
      entry('d', 'F32', [1], new Uint8Array(4)),
    ]);
    expect(new DataView(bytes.buffer).getUint32(0, true) % 8).toBe(0);
    const { tensors } = await open(bytes);
    expect([...tensors.keys()]).toEqual(['b', 'd', 'c', 'a']);
  });

  it('decodes every numeric dtype to float32', async () => {
    const raw = (array: ArrayBufferView) =>
      new Uint8Array(array.buffer, array.byteOffset, array.byteLength).slice();
    const cases: [SafetensorsEntry['dtype'], ArrayBufferView, number[]][] = [
      ['F32', Float32Array.of(1.5, -0.1), [1.5, Math.fround(-0.1)]],
      ['F64', Float64Array.of(0.1, 1e300), [Math.fround(0.1), Number.POSITIVE_INFINITY]],
      ['F16', Uint16Array.of(0x3c00, 0x8001), [1, -(2 ** -24)]],
      ['BF16', Uint16Array.of(0x3f80, 0xc000), [1, -2]],
      ['I64', BigInt64Array.of(-5n, 2n ** 40n), [-5, 2 ** 40]],
      ['U64', BigUint64Array.of(5n, 2n ** 63n), [5, 2 ** 63]],
      ['I32', Int32Array.of(-7, 8), [-7, 8]],
      ['U32', Uint32Array.of(7, 2 ** 31), [7, 2 ** 31]],
      ['I16', Int16Array.of(-3, 4), [-3, 4]],
      ['U16', Uint16Array.of(3, 65535), [3, 65535]],
      ['I8', Int8Array.of(-1, 2), [-1, 2]],
      ['U8', Uint8Array.of(1, 255), [1, 255]],
      ['BOOL', Uint8Array.of(0, 1), [0, 1]],
    ];
    // An odd tensor before each, so that none starts where a typed array could.
    for (const [dtype, array, expected] of cases) {
      const size = SAFETENSORS_DTYPES[dtype];
      const data = raw(array);
      const header = {
        odd: { dtype: 'U8', shape: [1], data_offsets: [0, 1] },
        t: { dtype, shape: [2], data_offsets: [1, 1 + 2 * size] },
      };
      const bytes = file(header, 1 + 2 * size);
      bytes.set(data, bytes.byteLength - data.byteLength);
      const opened = await open(bytes);
      expect([...(await opened.readFloat32('t'))], dtype).toEqual(expected);
    }
  });

  it('reads only the header when it opens, and only the tensor that is asked for', async () => {
    const bytes = file({ a: f32(0, 400), b: f32(400, 404) }, 404);
    const reads: [number, number][] = [];
    const inner = bytesSource('m', bytes);
    const source: ByteSource = {
      ...inner,
      read(offset, length) {
        reads.push([offset, length]);
        return inner.read(offset, length);
      },
    };
    const opened = await openSafetensors(source);
    reads.length = 0;
    await opened.readFloat32('b');
    expect(reads).toEqual([[bytes.byteLength - 4, 4]]);
  });

  it('refuses a name that is not there, and the 8-bit floats as float32', async () => {
    const opened = await open(file({ e: { dtype: 'F8_E4M3', shape: [1], data_offsets: [0, 1] } }, 1));
    await expect(opened.readBytes('nope')).rejects.toThrow('m.safetensors has no tensor "nope"');
    await expect(opened.readFloat32('e')).rejects.toThrow('F8_E4M3');
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['an empty file', new Uint8Array(0), /empty/],
    ['a few bytes', Uint8Array.of(1, 2, 3), /only 3 bytes/],
    ['a header over the cap', file('{}', 0, 100_000_001n), /at most 25000000 are read/],
    ['a header length beyond any file', file('{}', 0, 2n ** 64n - 1n), /at most 25000000/],
    ['a header longer than the file', file('{}', 0, 5000n), /truncated/],
    ['a header that begins with a space', file(' {}'), /begin with "\{"/],
    ['a header that is an array', file('[]'), /begin/],
    ['a header that is not JSON', file('{"a":}'), /not JSON/],
    ['a header that is not UTF-8', file('{}').with(8, 0x7b).with(9, 0xff), /UTF-8/],
    ['a name twice', file('{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"\\u0061":{}}'), /"a" twice/],
    [
      'a field twice',
      file('{"a":{"dtype":"U8","dtype":"I8","shape":[0],"data_offsets":[0,0]}}'),
      /"dtype" twice/,
    ],
    ['a metadata key twice', file('{"__metadata__":{"k":"1","k":"2"}}'), /"k" twice/],
    ['a metadata value that is no string', file({ __metadata__: { k: 1 } }), /metadata "k" must be a string/],
    ['metadata that is no object', file({ __metadata__: ['a'] }), /__metadata__/],
    ['a tensor that is no object', file({ a: 5 }), /"a" has no dtype/],
    ['an unknown dtype', file({ a: { ...f32(0, 4), dtype: 'F31' } }, 4), /F31/],
    ['a dtype of the prototype', file({ a: { ...f32(0, 4), dtype: 'toString' } }, 4), /toString/],
    ['no shape', file({ a: { dtype: 'F32', data_offsets: [0, 4] } }, 4), /no shape/],
    ['a negative size', file({ a: f32(0, 4, [-1]) }, 4), /non-negative/],
    ['a fractional size', file({ a: f32(0, 4, [0.5]) }, 4), /non-negative/],
    ['a size as text', file({ a: { ...f32(0, 4), shape: ['1'] } }, 4), /non-negative/],
    ['a shape whose product overflows', file({ a: f32(0, 4, [2 ** 40, 2 ** 40]) }, 4), /too large/],
    ['a byte size that overflows', file({ a: f32(0, 4, [2 ** 52]) }, 4), /needs/],
    ['one offset', file({ a: { ...f32(0, 4), data_offsets: [0] } }, 4), /pair/],
    ['offsets in reverse', file({ a: { ...f32(0, 4), data_offsets: [4, 0] } }, 4), /in order/],
    [
      'a fractional offset',
      file({ a: { ...f32(0, 4), data_offsets: [0.5, 4.5] } }, 5),
      /non-negative integers/,
    ],
    ['a size that does not fit the shape', file({ a: f32(0, 8, [3]) }, 8), /8 bytes.*needs 12/],
    ['a hole', file({ a: f32(0, 4), b: f32(8, 12) }, 12), /hole/],
    ['a hole at the start', file({ a: f32(4, 8) }, 8), /hole/],
    ['an overlap', file({ a: f32(0, 8), b: f32(4, 12) }, 12), /overlaps/],
    ['a truncated file', file({ a: f32(0, 8) }, 7), /truncated: its tensors need 8 bytes, but only 7/],
    ['bytes after the last tensor', file({ a: f32(0, 8) }, 9), /1 bytes follow/],
    ['deep nesting', file(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`), /nested more than 16 deep/],
  ])('refuses %s', async (_, bytes, message) => {
    const failure = await open(bytes).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ZianError);
    expect(failure).toMatchObject({ kind: 'input', message: expect.stringMatching(message) });
  });

  it.each<[string, string | Uint8Array, RegExp]>([
    ['an HTML page', '\n<!DOCTYPE html><html><body>404', /HTML page/],
    ['a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\noid sha256:00', /Git LFS pointer/],
    [
      'a PyTorch zip',
      Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0, 8, 8, 0, 0),
      /convert it first with zian convert/,
    ],
    ['a pickle', Uint8Array.of(0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9), /zian convert/],
    ['a PNG', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0), /PNG/],
    ['a JPEG', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16, 74, 70, 73), /JPEG/],
    ['gzip', Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0), /gzip/],
    ['HDF5', Uint8Array.of(0x89, 0x48, 0x44, 0x46, 13, 10, 26, 10, 0), /HDF5/],
    ['JSON', '{"weights": [1, 2, 3]}', /JSON/],
  ])('tells what it is where the file is %s', async (_, content, message) => {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    await expect(open(bytes)).rejects.toThrow(message);
  });
});

describe('writeSafetensors', () => {
  it.each<[string, SafetensorsEntry[], RegExp]>([
    [
      'a name twice',
      [entry('a', 'U8', [0], new Uint8Array(0)), entry('a', 'U8', [0], new Uint8Array(0))],
      /two entries/,
    ],
    ['the reserved name', [entry('__metadata__', 'U8', [0], new Uint8Array(0))], /__metadata__/],
    ['bytes that do not fit the shape', [entry('a', 'F32', [2], new Uint8Array(4))], /4 bytes.*needs 8/],
    ['an impossible shape', [entry('a', 'F32', [-1], new Uint8Array(4))], /cannot be stored/],
  ])('refuses %s', async (_, entries, message) => {
    await expect(writeSafetensors(memorySink(), entries)).rejects.toThrow(message);
  });

  it('asks for one tensor at a time, after the one before is written', async () => {
    const events: string[] = [];
    const entries = ['a', 'b'].map((name) => ({
      ...entry(name, 'U8', [1], new Uint8Array(1)),
      async bytes() {
        events.push(`read ${name}`);
        return new Uint8Array(1);
      },
    }));
    await writeSafetensors(
      { write: async ({ byteLength }) => void events.push(`write ${byteLength}`) },
      entries,
    );
    expect(events.slice(1)).toEqual(['read a', 'write 1', 'read b', 'write 1']);
  });
});
