import { describe, expect, it } from 'vitest';
import { kernelLimits } from '../../src/graph/dispatch.js';
import { attention } from '../../src/kernels/attention/attention.js';
import { attentionReference } from '../../src/kernels/attention/attention.ref.js';
import { f32Bits } from '../../src/kernels/common/f32-bits.js';
import type { Kernel, RefTensor } from '../../src/kernels/contract.js';
import { denseOperand } from '../../src/kernels/layout.js';
import {
  NO_LIMIT,
  type ScoreLimitAttributes,
  scoreLimit,
} from '../../src/kernels/score_limit/score_limit.js';
import { scoreLimitReference } from '../../src/kernels/score_limit/score_limit.ref.js';
import { testDevice } from '../support/device.js';
import { input, type KernelFixture, kernelFixtures } from '../support/kernel-fixtures.js';
import { caseTensors, compare, legalVariants, runKernel } from '../support/kernel-runner.js';

const device = await testDevice();

type Tensors = Readonly<Record<'q' | 'k' | 'v', RefTensor>>;

const output = (outputs: Readonly<Record<string, RefTensor>>, name: string): RefTensor => {
  const found = outputs[name];
  if (!found) throw new Error(`no output ${name}`);
  return found;
};

const stored = <T extends Readonly<Record<string, RefTensor>>>(tensors: T) =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [name, { ...tensor, dtype: 'f32' as const }]),
  );

/** Both kernels on the device, one after the other: y of every variant of attention. */
async function limitedAttention(
  { q, k, v }: Tensors,
  attributes: ScoreLimitAttributes,
): Promise<Record<string, RefTensor>> {
  const limit = output(await runKernel(device.gpu, scoreLimit, stored({ q, k }), attributes), 'limit');
  const inputs = stored({ q, k, v, limit });
  const results: Record<string, RefTensor> = {};
  for (const variant of legalVariants(device.gpu, attention, inputs, attributes))
    results[variant] = output(await runKernel(device.gpu, attention, inputs, attributes, { variant }), 'y');
  return results;
}

/** MODEL.md section 6 word by word, in float64, image by image: all scores, then the clamp, then the softmax. */
function plainAttention({ q, k, v }: Tensors, { heads, scale, threshold }: ScoreLimitAttributes): RefTensor {
  const [n = 0, queries = 0, channels = 0] = q.shape;
  const [, keys = 0] = k.shape;
  const [, , outChannels = 0] = v.shape;
  const at = (
    { shape: [, tokens = 0, c = 0], data }: RefTensor,
    batch: number,
    token: number,
    channel: number,
  ) => data[(batch * tokens + token) * c + channel] ?? Number.NaN;
  const size = channels / heads;
  const outSize = outChannels / heads;
  const scores = Array.from({ length: n * heads * queries }, (_, row) => {
    const [batch, head, t] = [
      Math.floor(row / queries / heads),
      Math.floor(row / queries) % heads,
      row % queries,
    ];
    return Array.from({ length: keys }, (_, key) => {
      let sum = 0;
      for (let c = head * size; c < (head + 1) * size; c++) sum += at(q, batch, t, c) * at(k, batch, key, c);
      return scale * sum;
    });
  });
  const rows = heads * queries;
  const exceeded = Array.from(
    { length: n },
    (_, i) => Math.max(...scores.slice(i * rows, (i + 1) * rows).map((row) => Math.max(...row))) > threshold,
  );
  const data = new Float64Array(n * queries * outChannels);
  for (const [row, raw] of scores.entries()) {
    const [batch, head, t] = [
      Math.floor(row / queries / heads),
      Math.floor(row / queries) % heads,
      row % queries,
    ];
    const kept = exceeded[batch] ? raw.map((s) => Math.min(Math.max(s, -threshold), threshold)) : raw;
    const top = Math.max(...kept);
    const weights = kept.map((s) => Math.exp(s - top));
    const sum = weights.reduce((a, b) => a + b, 0);
    for (let e = head * outSize; e < (head + 1) * outSize; e++)
      data[(batch * queries + t) * outChannels + e] =
        weights.reduce((total, weight, key) => total + weight * at(v, batch, key, e), 0) / sum;
  }
  return { shape: [n, queries, outChannels], data };
}

describe('attention with its limit', () => {
  // Multiples of 1/16 in a narrow range, so that scores are exact in f32 and clamping makes ties.
  const grid = (shape: number[], largest: number, seed: number): RefTensor => {
    const { x } = caseTensors({ x: { shape, low: -largest, high: largest } }, false, seed);
    if (!x) throw new Error('no values');
    return { shape, data: x.data.map((value) => Math.round(value * 16) / 16) };
  };
  const attributes = { heads: 2, scale: 0.5, threshold: 500 };
  const cases: readonly (readonly [string, number, boolean])[] = [
    ['scores beyond the threshold are clamped', 24, true],
    ['smaller ones are left alone', 8, false],
  ];

  for (const [name, range, clamps] of cases)
    it(name, async () => {
      const tensors = {
        q: grid([2, 9, 8], range, 1),
        k: grid([2, 130, 8], range, 2),
        v: grid([2, 130, 12], 1, 3),
      };
      const limit = output(scoreLimitReference(tensors, attributes), 'limit').data[0];
      expect(limit).toBe(clamps ? attributes.threshold : NO_LIMIT);
      const want = plainAttention(tensors, attributes);
      const unclamped = output(attentionReference(tensors, attributes), 'y');
      expect(
        compare(unclamped, want, { absolute: 1e-3, relative: 0 }) !== undefined,
        'the clamp matters',
      ).toBe(clamps);

      const results = await limitedAttention(tensors, attributes);
      expect(Object.keys(results)).toEqual(['split', 'streamed']);
      // The scores are exact, so the weights have the error of exp alone.
      for (const [variant, y] of Object.entries(results))
        expect(compare(y, want, { absolute: 3e-6, relative: 0 }), variant).toBeUndefined();
    });
});

describe('the exact pass of score_limit', () => {
  const attributes: ScoreLimitAttributes = { heads: 1, scale: 1, threshold: 500 };

  /** The kernel with an exact pass that, if it runs, finds scores a billion times as large. */
  const trapped: Kernel<ScoreLimitAttributes> = {
    ...scoreLimit,
    variants: scoreLimit.variants.map((variant) => ({
      ...variant,
      plan: (call, limits) => {
        const plan = variant.plan(call, limits);
        const dispatches = plan.dispatches.map((dispatch) =>
          'indirect' in dispatch.workgroups
            ? { ...dispatch, parameters: { ...dispatch.parameters, scale: f32Bits(1e9) } }
            : dispatch,
        );
        return { ...plan, dispatches };
      },
    })),
  };
  const run = async (kernel: Kernel<ScoreLimitAttributes>, q: number[], k: number[]): Promise<number> => {
    const tensor = (values: number[]): RefTensor => ({
      shape: [1, values.length / 2, 2],
      data: Float64Array.from(values),
    });
    const inputs = stored({ q: tensor(q), k: tensor(k) });
    return output(await runKernel(device.gpu, kernel, inputs, attributes), 'limit').data[0] ?? Number.NaN;
  };

  it('does not run where the lengths show that no score can exceed the threshold', async () => {
    expect(await run(trapped, [20, 0, 0, 1], [24, 0, 1, 1])).toBe(Math.fround(NO_LIMIT));
  });

  it('runs where they do not', async () => {
    const [q, k] = [
      [30, 0, 0, 1],
      [0, 30, 1, 1],
    ];
    expect(await run(trapped, q, k)).toBe(500);
    expect(await run(scoreLimit, q, k)).toBe(Math.fround(NO_LIMIT));
  });

  it('is exact near the threshold', async () => {
    // Lengths 40 and 25: a bound of 1000; the scores are 40 · x.
    expect(await run(scoreLimit, [40, 0], [12.4975, 21])).toBe(Math.fround(NO_LIMIT));
    expect(await run(scoreLimit, [40, 0], [12.5025, 21])).toBe(500);
  });
});

describe('references agree with PyTorch', () => {
  /** PyTorch's fixtures have a matrix per head. */
  const merged = ({ shape: [heads = 0, tokens = 0, size = 0], data }: RefTensor): RefTensor => ({
    shape: [1, tokens, heads * size],
    data: Float64Array.from({ length: data.length }, (_, i) => {
      const [t, head, c] = [Math.floor(i / heads / size), Math.floor(i / size) % heads, i % size];
      return data[(head * tokens + t) * size + c] ?? Number.NaN;
    }),
  });
  const tensorsOf = (fixture: KernelFixture): { tensors: Tensors; attributes: ScoreLimitAttributes } => {
    const q = input(fixture, 'query');
    const [heads = 0, , size = 0] = q.shape;
    return {
      tensors: { q: merged(q), k: merged(input(fixture, 'key')), v: merged(input(fixture, 'value')) },
      attributes: { heads, scale: 1 / Math.sqrt(size), threshold: Number(fixture.attributes.limit) },
    };
  };

  for (const fixture of kernelFixtures('attention')) {
    const { tensors, attributes } = tensorsOf(fixture);
    const want = merged(fixture.output);
    it(fixture.name, () => {
      const limit = output(scoreLimitReference(tensors, attributes), 'limit');
      const got = output(attentionReference({ ...tensors, limit }, attributes), 'y');
      expect(compare(got, want, { absolute: 1e-14, relative: 1e-12 })).toBeUndefined();
    });
    it(`${fixture.name}, on the device`, async () => {
      // Values below 2; scores up to 500 in f32, off by 500 · 2^-23 where they are not exact.
      for (const [variant, y] of Object.entries(await limitedAttention(tensors, attributes)))
        expect(compare(y, want, { absolute: 1e-4, relative: 0 }), variant).toBeUndefined();
    });
  }

  for (const fixture of kernelFixtures('co_attention'))
    it(fixture.name, () => {
      const transposed = ({ shape: [c = 0, t = 0], data }: RefTensor): RefTensor => ({
        shape: [1, t, c],
        data: Float64Array.from(
          { length: c * t },
          (_, i) => data[(i % c) * t + Math.floor(i / c)] ?? Number.NaN,
        ),
      });
      const exemplar = transposed(input(fixture, 'exemplar'));
      const query = transposed(input(fixture, 'query'));
      const { linear } = fixture.inputs;
      const [, tokens = 0, size = 0] = exemplar.shape;
      // exemplarᵀ · linearᵀ
      const projected: RefTensor = linear
        ? {
            shape: exemplar.shape,
            data: Float64Array.from({ length: tokens * size }, (_, i) => {
              let sum = 0;
              for (let c = 0; c < size; c++)
                sum +=
                  (exemplar.data[Math.floor(i / size) * size + c] ?? Number.NaN) *
                  (linear.data[(i % size) * size + c] ?? Number.NaN);
              return sum;
            }),
          }
        : exemplar;
      const tensors: Tensors =
        fixture.attributes.of === 'query'
          ? { q: query, k: projected, v: exemplar }
          : { q: projected, k: query, v: query };
      const got = output(attentionReference(tensors, { heads: 1, scale: 1 }), 'y');
      expect(compare(got, transposed(fixture.output), { absolute: 1e-14, relative: 1e-12 })).toBeUndefined();
    });
});

describe('shapes that do not fit are told', () => {
  const spec = (...shape: number[]) => ({ shape, dtype: 'f32' as const });
  const attributes = { heads: 2, scale: 1 };
  const fitting = { q: spec(2, 5, 8), k: spec(2, 7, 8), v: spec(2, 7, 6) };

  it('y has the queries, and the channels of v', () => {
    expect(attention.infer(fitting, attributes)).toEqual({ y: spec(2, 5, 6) });
    expect(scoreLimit.infer(fitting, { ...attributes, threshold: 500 })).toEqual({ limit: spec(2, 4) });
  });

  it.each([
    ['other channels', { k: spec(2, 7, 6) }, /q \[2, 5, 8\] and k \[2, 7, 6\]/],
    ['another batch', { k: spec(1, 7, 8) }, /k \[1, 7, 8\]/],
    ['an odd number of channels for two heads', { q: spec(2, 5, 7), k: spec(2, 7, 7) }, /2 heads/],
    ['fewer values than keys', { v: spec(2, 6, 6) }, /v is \[2, 6, 6\], expected \[2, 7, C\]/],
    ['values that are no multiple of the heads', { v: spec(2, 7, 5) }, /v is \[2, 7, 5\]/],
    ['a limit of another shape', { limit: spec(4) }, /limit is \[4\], expected \[2, 4\]/],
  ])('%s', (_, wrong, message) => {
    expect(() => attention.infer({ ...fitting, ...wrong }, attributes)).toThrow(message);
  });

  it('does not split where there are threads enough', () => {
    const operands = (queries: number, keys: number) => ({
      q: denseOperand(spec(1, queries, 48)),
      k: denseOperand(spec(1, keys, 48)),
      v: denseOperand(spec(1, keys, 96)),
    });
    const variants = (queries: number, keys: number): string[] =>
      attention.variants
        .filter(({ legal }) => {
          const inputs = operands(queries, keys);
          const y = denseOperand(spec(1, queries, 96));
          return legal?.({ inputs, outputs: { y }, attributes }, kernelLimits(device.gpu)) ?? true;
        })
        .map(({ name }) => name);
    expect(variants(256, 65536)).toContain('split');
    expect(variants(256, 65536)).toContain('streamed');
    expect(variants(65536, 256)).toContain('streamed');
    expect(variants(65536, 256).filter((name) => name.startsWith('split'))).toEqual([]);
  });
});
