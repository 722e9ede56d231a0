import { describe, expect, it } from 'vitest';
import { bytesSource } from '../../src/weights/index.js';
import { readCheckpoint } from '../../tools/convert-weights/index.js';
import {
  bytesOf,
  checkpointZip,
  dictPickle,
  global,
  int,
  legacyCheckpoint,
  tensor,
  text,
  tuple,
} from './archives.js';

const floats = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);

const read = (bytes: Uint8Array) => readCheckpoint(bytesSource('old.pth', bytes));

async function valuesOf(bytes: Uint8Array, name: string): Promise<number[]> {
  const content = await (await read(bytes)).tensors.get(name)?.bytes();
  return [...new Float32Array(content?.slice().buffer ?? new ArrayBuffer(0))];
}

/** A tensor of two elements on a storage whose persistent id has a view: (key, offset, count). */
const onView = (offset: number, count: number) => {
  const view = tuple(text('v'), int(offset), int(count));
  const id = tuple(text('storage'), global('torch', 'FloatStorage'), text('k'), text('cpu'), int(4), view);
  const args = tuple([...id, 0x51], int(0), tuple(int(2)), tuple(int(1)));
  return [...global('torch._utils', '_rebuild_tensor'), ...args, 0x52];
};

describe('the older format', () => {
  it('reads views of storages', async () => {
    const bytes = legacyCheckpoint(dictPickle({ w: onView(1, 2) }), [['k', 4, floats(1, 2, 3, 4)]]);
    expect(await valuesOf(bytes, 'w')).toEqual([2, 3]);
  });

  it('refuses a view outside its storage, or too small for its tensor', async () => {
    const file = (offset: number, count: number) =>
      legacyCheckpoint(dictPickle({ w: onView(offset, count) }), [['k', 4, floats(1, 2, 3, 4)]]);
    await expect(read(file(3, 2))).rejects.toThrow(/view that lies outside/);
    await expect(read(file(3, 1))).rejects.toThrow(/needs 8 bytes of its storage, which has 4/);
  });

  it('refuses storages that are listed otherwise than used', async () => {
    const object = dictPickle({ w: tensor({ key: 'k' }) });
    const four = floats(1, 2, 3, 4);
    await expect(read(legacyCheckpoint(object, []))).rejects.toThrow(/data of storage k is missing/);
    await expect(read(legacyCheckpoint(object, [['k', 3, four]]))).rejects.toThrow(/length differs/);
    await expect(read(legacyCheckpoint(object, [['k', -4, four]]))).rejects.toThrow(/length differs/);
    await expect(read(legacyCheckpoint(object, [['x', 4, four]]))).rejects.toThrow(/does not match/);
    await expect(
      read(
        legacyCheckpoint(object, [
          ['k', 4, four],
          ['k', 4, four],
        ]),
      ),
    ).rejects.toThrow(/does not match/);
    await expect(read(legacyCheckpoint(object, [['k', 4, four.slice(0, 13)]]))).rejects.toThrow(
      /truncated or damaged: storage k should have 16 bytes, but 13 are there/,
    );
    expect(await valuesOf(legacyCheckpoint(object, [['k', 4, four]]), 'w')).toEqual([1, 2, 3, 4]);
  });
});

describe('pickles of other times', () => {
  const storage = { 0: floats(1, 2, 3, 4) };

  it('reads strings of Python 2, text or not', async () => {
    const pickle = bytesOf(
      '}(U',
      4,
      'nameU',
      4,
      'zianU',
      3,
      'rawU',
      2,
      [0xff, 0xfe],
      'T',
      [2, 0, 0, 0],
      'idI7\nU',
      4,
      'flagI01\nu.',
    );
    const { scalars, opaque } = await read(checkpointZip(pickle));
    expect([...scalars]).toEqual([
      ['name', 'zian'],
      ['id', 7],
      ['flag', true],
    ]);
    expect(opaque).toEqual(['raw (bytes)']);
  });

  it('reads parameters that get their tensor by BUILD', async () => {
    const state = tuple(tensor({}), [0x4e], [0x4e], [0x88], [0x89]);
    const parameter = [...global('torch.nn.parameter', 'Parameter'), 0x29, 0x81, ...state, 0x62];
    expect(await valuesOf(checkpointZip(dictPickle({ w: parameter }), storage), 'w')).toEqual([1, 2, 3, 4]);
  });

  it('reads an OrderedDict that is given its items as pairs', async () => {
    const pairs = [
      0x5d,
      0x28,
      0x5d,
      0x28,
      ...text('b'),
      ...int(1),
      0x65,
      0x5d,
      0x28,
      ...text('a'),
      ...int(2),
      0x65,
      0x65,
    ];
    const pickle = bytesOf(0x80, 2, global('collections', 'OrderedDict'), pairs, 0x85, 0x52, '.');
    expect([...(await read(checkpointZip(pickle))).scalars]).toEqual([
      ['b', 1],
      ['a', 2],
    ]);
  });

  it('reads tensors with attributes, of newer PyTorch and of devices without storages', async () => {
    const args = tuple(
      [...tuple(text('storage'), global('torch', 'FloatStorage'), text('0'), text('cuda:0'), int(4)), 0x51],
      int(2),
      tuple(int(2)),
      tuple(int(1)),
      [0x89],
      [0x7d],
    );
    const type = tuple(global('torch._utils', '_rebuild_tensor_v2'), global('torch', 'Tensor'), args, [0x7d]);
    const cpu = tuple(tensor({}), global('torch', 'float32'), text('xla:0'), [0x89]);
    const pickle = dictPickle({
      typed: [...global('torch._tensor', '_rebuild_from_type_v2'), ...type, 0x52],
      device: [...global('torch._utils', '_rebuild_device_tensor_from_cpu_tensor'), ...cpu, 0x52],
    });
    expect(await valuesOf(checkpointZip(pickle, storage), 'typed')).toEqual([3, 4]);
    expect(await valuesOf(checkpointZip(pickle, storage), 'device')).toEqual([1, 2, 3, 4]);
  });

  it('keeps both of two tensors whose dotted names are the same', async () => {
    const inner = [0x7d, ...text('b'), ...tensor({ offset: 1, shape: [1] }), 0x73];
    const { tensors } = await read(checkpointZip(dictPickle({ 'a.b': tensor({}), a: inner }), storage));
    expect([...tensors.keys()]).toEqual(['a.b', 'a.b (2)']);
  });
});
