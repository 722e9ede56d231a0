import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ZianError } from '../../src/errors.js';
import { bytesSource } from '../../src/weights/index.js';
import { readCheckpoint } from '../../tools/convert-weights/index.js';
import { bytesOf, checkpointZip, dictPickle, global, int, tensor, text, tuple, zipOf } from './archives.js';
import { fixtureBytes, fixtureSource, REFUSED_FILES } from './fixtures.js';

const read = (bytes: Uint8Array) => readCheckpoint(bytesSource('m.pth', bytes));

async function failureOf(promise: Promise<unknown>): Promise<ZianError> {
  const failure = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(ZianError);
  if (!(failure instanceof ZianError)) throw failure;
  expect(failure.kind).toBe('input');
  return failure;
}

describe('checkpoints that ask for more than data are refused', () => {
  const messages: Readonly<Record<string, RegExp>> = {
    'refused/system-zip.pth': /"posix\.system" \(os\.system\).*nothing was executed/,
    'refused/system-legacy.pth': /"posix\.system" \(os\.system\).*nothing was executed/,
    'refused/eval-p4.pth': /"builtins\.eval".*nothing was executed/,
    'refused/getattr.pth': /"builtins\.getattr"/,
    'refused/module.pth': /"__main__\.Net".*state_dict/,
    'refused/array.pth': /"numpy\.core\.multiarray\._reconstruct"/,
    'refused/deflated.pth': /is compressed \(zip method 8\), but PyTorch stores/,
    'refused/torchscript.pth': /TorchScript/,
    'refused/plain.pkl': /plain Python pickle/,
  };

  it.each(REFUSED_FILES)('%s', async (file) => {
    const failure = await failureOf(readCheckpoint(fixtureSource(file)));
    expect(failure.message).toMatch(messages[file] ?? /^no message is expected for this file$/);
    expect(existsSync('/tmp/zian-was-here')).toBe(false);
  });

  it.each<[string, number[], RegExp]>([
    [
      'a call of an allowed type that only marks',
      [...global('torch', 'FloatStorage'), ...tuple(int(9)), 0x52],
      /calls "torch\.FloatStorage"/,
    ],
    [
      'a bytearray of a length',
      [...global('builtins', 'bytearray'), ...tuple(int(2 ** 30)), 0x52],
      /bytearray/,
    ],
    [
      'an encoding with side effects',
      [...global('_codecs', 'encode'), ...tuple(text('a'), text('rot13')), 0x52],
      /_codecs\.encode/,
    ],
    ['os.system by STACK_GLOBAL', [...text('os'), ...text('system'), 0x93], /"os\.system"/],
    [
      'a dotted name',
      [...text('torch'), ...text('_utils._rebuild_tensor_v2.__globals__'), 0x93],
      /__globals__/,
    ],
    ['a name of the JavaScript prototype', global('__proto__', 'constructor'), /"__proto__\.constructor"/],
    ['constructor', [...global('torch', 'constructor'), 0x29, 0x52], /"torch\.constructor"/],
    ['a name that moves the cursor', global('os\u001b[2J', 'system'), /"os\\u\{1b\}\[2J\.system"/],
    [
      'rebuilding by a function that is no rebuilder',
      [
        ...global('torch._tensor', '_rebuild_from_type_v2'),
        ...tuple(global('torch', 'FloatTensor'), global('torch', 'Tensor'), tuple(), [0x7d]),
        0x52,
      ],
      /calls "torch\.FloatTensor"/,
    ],
    [
      'rebuilding by itself',
      [
        ...global('torch._tensor', '_rebuild_from_type_v2'),
        0x71,
        0,
        0x68,
        0,
        ...tuple([0x68, 0], [0x68, 0], tuple([0x68, 0], [0x4e], [0x29])),
        0x52,
      ],
      /no function or type/,
    ],
    ['INST', [0x28, ...bytesOf('ios\nsystem\n')], /INST/],
    ['EXT1', [0x82, 1], /EXT1/],
    ['an out-of-band buffer', [0x97], /NEXT_BUFFER/],
    ['an unknown opcode', [0xff], /0xff/],
    ['a persistent id that is no storage', [...tuple(text('module'), text('x')), 0x51], /no storage/],
    ['a persistent id of another type', [...int(1), 0x51], /no storage/],
    ['a list as a key', [0x7d, 0x5d, ...int(1), 0x73], /list as a key/],
    ['a key without a value', [0x7d, 0x28, ...int(1), 0x75], /key without a value/],
    ['an empty stack', [0x30], /stack/],
    ['a mark that is not set', [0x74], /mark/],
    ['a memo entry that is not there', [0x68, 7], /memo/],
    ['items for something that is no list', [0x7d, ...int(1), 0x61], /dict where a list/],
    ['a state for a list', [0x5d, 0x4e, 0x62], /state to a list/],
    ['protocol 6', [0x80, 6], /protocol 6/],
    ['a string that is not UTF-8', [0x8c, 1, 0xff], /UTF-8/],
    ['an integer of many bytes', [0x8b, 0, 0, 16, 0], /integer of 1048576 bytes/],
    ['a string longer than any', [0x8d, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], /announces/],
    ['a string of a gigabyte', [0x58, 0, 0, 0, 0x40], /more than 32 MiB/],
    ['an endless global', [0x63, ...Array.from({ length: 600 }, () => 97)], /more than 512 characters/],
  ])('%s', async (_, opcodes, message) => {
    const pickle = bytesOf(0x80, 2, opcodes, ...Array.from({ length: 40 }, () => 'N'), '.');
    expect((await failureOf(read(checkpointZip(pickle)))).message).toMatch(message);
  });
});

describe('checkpoints that would exhaust memory or time are refused', () => {
  it('a pickle that builds more than the budget', async () => {
    const pickle = bytesOf(
      0x80,
      2,
      Array.from({ length: 700_000 }, () => 0x7d),
      '.',
    );
    expect((await failureOf(read(checkpointZip(pickle)))).message).toMatch(/more than 3[2-9] MiB of objects/);
  });

  it('a set copied over and over', async () => {
    const many = Array.from({ length: 200_000 }, () => 0x4e);
    const copy = [...global('builtins', 'set'), 0x68, 0, 0x85, 0x52, 0x30];
    const copies = Array.from({ length: 100 }, () => copy).flat();
    const pickle = bytesOf(0x80, 2, ']q', 0, '(', many, 'e', copies, '.');
    expect((await failureOf(read(checkpointZip(pickle)))).message).toMatch(/more than 3[2-9] MiB of objects/);
  });

  it('lists of lists of the same lists (a billion laughs)', async () => {
    const level = (n: number) => [
      0x5d,
      0x71,
      n,
      0x28,
      ...Array.from({ length: 10 }, () => [0x68, n - 1]).flat(),
      0x65,
    ];
    const levels = Array.from({ length: 12 }, (_, i) => level(i + 1)).flat();
    const pickle = bytesOf(0x80, 2, ']q', 0, levels, '.');
    expect((await failureOf(read(checkpointZip(pickle)))).message).toMatch(/too many to list/);
  });

  it('nesting without end', async () => {
    const pickle = bytesOf(
      0x80,
      2,
      ']',
      Array.from({ length: 100_000 }, () => 0x85),
      '.',
    );
    expect((await failureOf(read(checkpointZip(pickle)))).message).toMatch(/nested more than 64 deep/);
  });

  it('a name beyond reason', async () => {
    const pickle = dictPickle({ ['x'.repeat(2000)]: int(1) });
    expect((await failureOf(read(checkpointZip(pickle)))).message).toMatch(/name of more than 1024/);
  });

  it('a container that holds itself is left out, not followed', async () => {
    const pickle = bytesOf(
      0x80,
      2,
      '}q',
      0,
      '(',
      text('self'),
      'h',
      0,
      text('list'),
      ']q',
      1,
      'h',
      1,
      'a',
      text('n'),
      int(3),
      'u.',
    );
    const { opaque, scalars } = await read(checkpointZip(pickle));
    expect(opaque).toEqual(['self (dict that contains itself)', 'list.0 (list that contains itself)']);
    expect([...scalars]).toEqual([['n', 3]]);
  });

  it('a tensor expanded far beyond its storage', async () => {
    const pickle = dictPickle({ w: tensor({ shape: [2 ** 30, 4], strides: [0, 1] }) });
    const failure = await failureOf(read(checkpointZip(pickle, { 0: new Uint8Array(16) })));
    expect(failure.message).toMatch(/bytes of tensors on 16 bytes of data/);
  });

  it('many views that add up', async () => {
    const views = Array.from({ length: 40 }, (_, i) => [`w${i}`, tensor({ shape: [2 ** 20], strides: [0] })]);
    const pickle = dictPickle(Object.fromEntries(views));
    const failure = await failureOf(read(checkpointZip(pickle, { 0: new Uint8Array(16) })));
    expect(failure.message).toMatch(/which no checkpoint does/);
  });
});

describe('tensors that do not fit their storage are refused', () => {
  const read16 = (parts: Parameters<typeof tensor>[0], storage = new Uint8Array(16)) =>
    read(checkpointZip(dictPickle({ w: tensor(parts) }), { 0: storage }));

  it.each<[string, Parameters<typeof tensor>[0], RegExp]>([
    ['one element too many', { shape: [5] }, /tensor "w" is damaged: it needs 20 bytes/],
    ['an offset too far', { offset: 1 }, /needs 20 bytes/],
    ['a stride too wide', { shape: [2, 2], strides: [3, 1] }, /needs 20 bytes/],
    ['a stride that overflows', { shape: [2 ** 20], strides: [2 ** 52] }, /is damaged/],
    ['a shape that overflows', { shape: [2 ** 40, 2 ** 40], strides: [0, 0] }, /impossible shape/],
    ['a negative stride', { strides: [-1] }, /strides is no non-negative/],
    ['a negative size', { shape: [-4] }, /shape is no non-negative/],
    ['a negative offset', { offset: -1 }, /offset is no non-negative/],
    ['sizes without strides', { shape: [2, 2] }, /2 sizes and 1 strides/],
    ['too many dimensions', { shape: Array(65).fill(1), strides: Array(65).fill(1) }, /65 dimensions/],
    ['a storage that says more than is there', { count: 5, shape: [5] }, /should have 20 bytes, but 16/],
    ['a negative storage', { count: -1 }, /no non-negative/],
    ['a storage that is not there', { key: '1' }, /storage 1 is missing/],
    ['a storage class that is none', { storageClass: 'Tensor' }, /no storage of a known type/],
  ])('%s', async (_, parts, message) => {
    expect((await failureOf(read16(parts))).message).toMatch(message);
  });

  it('but views at the very edge are read', async () => {
    const storage = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer);
    const { tensors } = await read16({ offset: 1, shape: [2, 2], strides: [1, 1] }, storage);
    const bytes = await tensors.get('w')?.bytes();
    expect([...new Float32Array(bytes?.slice().buffer ?? new ArrayBuffer(0))]).toEqual([2, 3, 3, 4]);
  });
});

describe('files that are no checkpoint are told apart', () => {
  it.each<[string, string | Uint8Array, RegExp]>([
    ['an empty file', '', /empty/],
    ['an HTML page', '<html><head>', /HTML page/],
    ['a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\n', /Git LFS pointer/],
    ['a safetensors file', bytesOf([2, 0, 0, 0, 0, 0, 0, 0], '{}'), /safetensors file/],
    ['a tar', bytesOf(Array(257).fill(0x61), 'ustar', Array(300).fill(0)), /tar archive/],
    ['text', 'hello', /no kind that is known/],
    ['a zip of something else', zipOf([{ name: 'a.txt', data: bytesOf('hi') }]), /no data\.pkl/],
    [
      'two checkpoints in one zip',
      zipOf([
        { name: 'a/data.pkl', data: bytesOf('N.') },
        { name: 'b/data.pkl', data: bytesOf('N.') },
      ]),
      /several checkpoints/,
    ],
    ['a pickle of nothing', bytesOf(0x80, 2, 'N.'), /plain Python pickle/],
    [
      'an unknown version',
      bytesOf([...fixtureBytes('training-legacy.pth').slice(0, 15)], 0x80, 2, 'M', 1, 0, '.'),
      /unknown version/,
    ],
  ])('%s', async (_, content, message) => {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    expect((await failureOf(read(bytes))).message).toMatch(message);
  });
});
