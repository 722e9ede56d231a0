import { describe, expect, it } from 'vitest';
import type { Constant, Value } from '../../src/graph/index.js';
import { constantBytes, encodeElements } from '../../src/graph/upload.js';
import type { Call, Variant } from '../../src/kernels/contract.js';
import { elementCount, gather, toStorage } from '../../src/kernels/layout.js';

const none = async (): Promise<Float32Array> => new Float32Array();

describe('encodeElements', () => {
  it('writes each element type, padded with zeros to whole vec4s', () => {
    const values = Float32Array.of(1, 2.5, -3, 7, 9);
    expect([...new Float32Array(encodeElements(values, 'f32').buffer)]).toEqual([1, 2.5, -3, 7, 9, 0, 0, 0]);
    expect([...new Uint16Array(encodeElements(Float32Array.of(1, -2, 65504), 'f16').buffer)]).toEqual([
      0x3c00, 0xc000, 0x7bff, 0, 0, 0, 0, 0,
    ]);
    expect([...new Int32Array(encodeElements(Float32Array.of(-7, 3), 'i32').buffer)]).toEqual([-7, 3, 0, 0]);
    expect([...new Uint32Array(encodeElements(Float32Array.of(16777215), 'u32').buffer)]).toEqual([
      16777215, 0, 0, 0,
    ]);
  });

  it('takes a part of a longer array', () => {
    const part = Float32Array.of(9, 1, 2, 9).subarray(1, 3);
    expect([...new Float32Array(encodeElements(part, 'f32').buffer)]).toEqual([1, 2, 0, 0]);
  });
});

describe('constantBytes', () => {
  const value: Value = { label: 'head.weight', spec: { shape: [2, 3], dtype: 'f32' } };
  const constant: Constant = { kind: 'data', values: [1, 2, 3, 4, 5, 6] };
  const call: Call = { inputs: {}, outputs: {}, attributes: { times: 10 } };
  const plain: Variant = { name: 'plain', plan: () => ({ dispatches: [] }) };

  it('is storage order unless the variant packs this input', async () => {
    const packing: Variant = {
      ...plain,
      packs: ['weight'],
      pack: (_, values, { attributes }) => values.map((v) => v * Number(attributes.times)),
    };
    const floats = async (input: string, variant: Variant): Promise<number[]> => [
      ...new Float32Array((await constantBytes(input, value, constant, variant, call, none)).buffer),
    ];
    expect(await floats('weight', plain)).toEqual([1, 2, 3, 0, 4, 5, 6, 0]);
    expect(await floats('bias', packing)).toEqual([1, 2, 3, 0, 4, 5, 6, 0]);
    expect(await floats('weight', packing)).toEqual([10, 20, 30, 40, 50, 60, 0, 0]);
  });

  it('tells a weight that has not the size of its shape', async () => {
    const short: Constant = { kind: 'data', values: [1, 2] };
    await expect(constantBytes('weight', value, short, plain, call, none)).rejects.toThrow(
      'head.weight: 2 values for the shape [2, 3]',
    );
  });
});

describe('gather', () => {
  const shape = [2, 6, 2, 4];
  const values = Float32Array.from({ length: elementCount(shape) }, (_, i) => i + 1);
  const out = (): Float32Array => new Float32Array(values.length);

  it('undoes toStorage', () => {
    const stored = toStorage(values, shape, new Float32Array(2 * 2 * 4 * 8));
    expect(
      gather(stored, { shape, dtype: 'f32', layout: { offset: 0, stride: 2, block: 1 } }, out()),
    ).toEqual(values);
  });

  it('finds a slice of wider rows', () => {
    const dense = toStorage(values, shape, new Float32Array(16 * 8));
    const wide = new Float32Array((3 + 16 * 5) * 4).fill(-1);
    for (let pixel = 0; pixel < 16; pixel++)
      wide.set(dense.subarray(pixel * 8, pixel * 8 + 8), (3 + pixel * 5) * 4);
    expect(gather(wide, { shape, dtype: 'f32', layout: { offset: 3, stride: 5, block: 1 } }, out())).toEqual(
      values,
    );
  });

  it('finds pixels in blocks: those of one low-resolution pixel, row by row', () => {
    const [n = 0, c = 0, h = 0, w = 0] = shape;
    const stored = new Float32Array(16 * 8).fill(-1);
    let at = 0;
    for (let i = 0; i < n; i++)
      for (let y = 0; y < h; y += 2)
        for (let x = 0; x < w; x += 2)
          for (const [dy, dx] of [
            [0, 0],
            [0, 1],
            [1, 0],
            [1, 1],
          ] as const) {
            for (let k = 0; k < c; k++)
              stored[at + k] = values[((i * c + k) * h + y + dy) * w + x + dx] ?? Number.NaN;
            at += 8;
          }
    expect(
      gather(stored, { shape, dtype: 'f32', layout: { offset: 0, stride: 2, block: 2 } }, out()),
    ).toEqual(values);
  });

  it('keeps the order of tokens and vectors', () => {
    const tokens = [2, 3, 2];
    const data = Float32Array.from({ length: 12 }, (_, i) => i);
    const stored = toStorage(data, tokens, new Float32Array(24));
    const layout = { offset: 0, stride: 1, block: 1 };
    expect(gather(stored, { shape: tokens, dtype: 'f32', layout }, new Float32Array(12))).toEqual(data);
  });
});
