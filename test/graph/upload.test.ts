import { describe, expect, it } from 'vitest';
import { constantRows, flatRows } from '../../src/graph/constant-rows.js';
import { evaluate } from '../../src/graph/constants.js';
import type { Constant, Value } from '../../src/graph/index.js';
import { arrangeConstant } from '../../src/graph/upload.js';
import type { Call, DType, Variant } from '../../src/kernels/contract.js';
import { elementCount, gather, toStorage } from '../../src/kernels/layout.js';

const none = async (): Promise<Float32Array> => new Float32Array();

describe('arrangeConstant', () => {
  const call: Call = { inputs: {}, outputs: {}, attributes: { times: 10 } };
  const plain: Variant = { name: 'plain', plan: () => ({ dispatches: [] }) };
  const spec = (shape: readonly number[], dtype: DType = 'f32'): Value => ({
    label: 'head.weight',
    spec: { shape, dtype },
  });
  const data = (...values: number[]): Constant => ({ kind: 'data', values });
  const bytesOf = async (
    value: Value,
    constant: Constant,
    variant = plain,
    input = 'weight',
  ): Promise<ArrayBuffer> => {
    const arranged = await arrangeConstant(input, value, constant, variant, call, none);
    const bytes = new ArrayBuffer(arranged.bytes);
    arranged.write(bytes);
    return bytes;
  };

  it('writes each element type, padded with zeros to whole vec4s', async () => {
    const five = data(1, 2.5, -3, 7, 9);
    expect([...new Float32Array(await bytesOf(spec([5]), five))]).toEqual([1, 2.5, -3, 7, 9, 0, 0, 0]);
    expect([...new Uint16Array(await bytesOf(spec([3], 'f16'), data(1, -2, 65504)))]).toEqual([
      0x3c00, 0xc000, 0x7bff, 0, 0, 0, 0, 0,
    ]);
    expect([...new Int32Array(await bytesOf(spec([2], 'i32'), data(-7, 3)))]).toEqual([-7, 3, 0, 0]);
    expect([...new Uint32Array(await bytesOf(spec([1], 'u32'), data(16777215)))]).toEqual([
      16777215, 0, 0, 0,
    ]);
  });

  it('is storage order unless the variant packs this input', async () => {
    const packing: Variant = {
      ...plain,
      packing: {
        inputs: ['weight'],
        length: () => 8,
        write(_, { sources, starts, factors }, { attributes }, out) {
          sources.forEach((source, row) => {
            const scale = Number(attributes.times) * (factors[row] ?? 0);
            for (let i = 0; i < 3; i++) out[4 * row + i] = scale * (source[(starts[row] ?? 0) + i] ?? 0);
          });
        },
      },
    };
    const six = data(1, 2, 3, 4, 5, 6);
    const floats = async (input: string, variant: Variant): Promise<number[]> => [
      ...new Float32Array(await bytesOf(spec([2, 3]), six, variant, input)),
    ];
    expect(await floats('weight', plain)).toEqual([1, 2, 3, 0, 4, 5, 6, 0]);
    expect(await floats('bias', packing)).toEqual([1, 2, 3, 0, 4, 5, 6, 0]);
    expect(await floats('weight', packing)).toEqual([10, 20, 30, 0, 40, 50, 60, 0]);
  });

  it('tells a weight that has not the size of its shape', async () => {
    await expect(bytesOf(spec([2, 3]), data(1, 2, 3))).rejects.toThrow(
      'head.weight: 3 values for the shape [2, 3]',
    );
  });
});

describe('constantRows', () => {
  const weights = new Map([
    ['a', Float32Array.from({ length: 6 }, (_, i) => i + 1)],
    ['b', Float32Array.from({ length: 4 }, (_, i) => -i / 3)],
  ]);
  const read = async (name: string): Promise<Float32Array> => weights.get(name) ?? new Float32Array();
  const weight = (name: string): Constant => ({ kind: 'weight', name });
  const data = (...values: number[]): Constant => ({ kind: 'data', values });
  const scale: Constant = {
    kind: 'batch-norm-scale',
    gamma: data(1, 0.1, -3),
    variance: data(4, 0.3, 2),
    epsilon: 1e-5,
  };
  const scaled: Constant = { kind: 'scaled-rows', of: weight('a'), factors: scale };
  const cases: [string, Constant][] = [
    ['weights', weight('a')],
    ['scaled rows', scaled],
    ['rows in another order', { kind: 'permuted-rows', of: scaled, order: [2, 0, 1] }],
    [
      'stacks',
      { kind: 'stacked', parts: [{ kind: 'permuted-rows', of: scaled, order: [1, 2, 0] }, weight('b')] },
    ],
    ['what is computed', { kind: 'affine', of: weight('a'), factors: weight('a'), summand: weight('a') }],
    ['factors that are not one per row', { kind: 'scaled-rows', of: weight('a'), factors: data(2, 3) }],
    ['an order that is not one of rows', { kind: 'permuted-rows', of: weight('b'), order: [3, 1, 0, 2] }],
  ];
  it.each(cases)('agrees with evaluating: %s', async (_, constant) => {
    const rows = await constantRows(constant, 2, read);
    expect(flatRows(rows)).toEqual(Float32Array.from(await evaluate(constant, read)));
  });

  it('copies no weight', async () => {
    const { sources } = await constantRows(scaled, 2, read);
    expect(sources.every((source) => source === weights.get('a'))).toBe(true);
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
