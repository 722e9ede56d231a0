import { describe, expect, it } from 'vitest';
import { type Constant, dataConstant, evaluate } from '../../src/graph/constants.js';

const none = async (name: string): Promise<Float32Array> => {
  throw new Error(`${name} is read`);
};
const data = (...values: number[]): Constant => ({ kind: 'data', values });
const values = async (constant: Constant): Promise<number[]> => [...(await evaluate(constant, none))];

describe('evaluate', () => {
  it('reads weights by name', async () => {
    const asked: string[] = [];
    const read = async (name: string): Promise<Float32Array> => {
      asked.push(name);
      return Float32Array.of(1.5, -2);
    };
    expect([...(await evaluate({ kind: 'weight', name: 'conv.weight' }, read))]).toEqual([1.5, -2]);
    expect(asked).toEqual(['conv.weight']);
  });

  it('passes on why a weight cannot be read', async () => {
    const stacked: Constant = { kind: 'stacked', parts: [data(1), { kind: 'weight', name: 'gone' }] };
    await expect(evaluate(stacked, none)).rejects.toThrow('gone is read');
  });

  it('gives data as they are', async () => {
    expect(await values(data(3, 1e-40, -0.1))).toEqual([3, 1e-40, -0.1]);
  });

  const gamma = data(1, -0.5, 2);
  const variance = data(0.5, 4, 0);
  const scale: Constant = { kind: 'batch-norm-scale', gamma, variance, epsilon: 1e-5 };
  const scales = [1 / Math.sqrt(0.5 + 1e-5), -0.5 / Math.sqrt(4 + 1e-5), 2 / Math.sqrt(1e-5)];

  it("computes a batch norm's scale and shift in float64", async () => {
    expect(await values(scale)).toEqual(scales);
    const shift: Constant = { kind: 'batch-norm-shift', beta: data(10, 20, 30), mean: data(1, 2, 3), scale };
    expect(await values(shift)).toEqual([1, 2, 3].map((mean, i) => 10 * (i + 1) - mean * (scales[i] ?? 0)));
  });

  it('scales rows, whatever the shape of the rest', async () => {
    expect(
      await values({ kind: 'scaled-rows', of: data(1, 2, 3, 4, 5, 6), factors: data(10, 100, -1) }),
    ).toEqual([10, 20, 300, 400, -5, -6]);
    expect(await values({ kind: 'scaled-rows', of: data(1, 2), factors: data(3, 4) })).toEqual([3, 8]);
  });

  it('multiplies and adds elementwise', async () => {
    expect(
      await values({ kind: 'affine', of: data(1, 2, 3), factors: data(2, 3, 4), summand: data(5, 6, 7) }),
    ).toEqual([7, 12, 19]);
  });

  it('permutes rows: row i of the result is row order[i]', async () => {
    expect(await values({ kind: 'permuted-rows', of: data(1, 2, 3, 4, 5, 6), order: [2, 0, 1] })).toEqual([
      5, 6, 1, 2, 3, 4,
    ]);
  });

  it('stacks one after the other', async () => {
    expect(await values({ kind: 'stacked', parts: [data(1, 2), data(), data(3)] })).toEqual([1, 2, 3]);
  });

  it('nests: the weights of two merged branches, folded and permuted', async () => {
    const folded = (...w: number[]): Constant => ({
      kind: 'scaled-rows',
      of: data(...w),
      factors: data(2, 3),
    });
    expect(
      await values({
        kind: 'permuted-rows',
        of: { kind: 'stacked', parts: [folded(1, 10), folded(5, 7)] },
        order: [3, 2, 1, 0],
      }),
    ).toEqual([21, 10, 30, 2]);
  });
});

it('data must fill the shape', () => {
  expect(dataConstant([1, 2], [2, 1])).toEqual({ kind: 'data', values: [1, 2] });
  expect(dataConstant([7], [])).toEqual({ kind: 'data', values: [7] });
  expect(() => dataConstant([1, 2], [3])).toThrow('2 values do not fill the shape [3]');
});
