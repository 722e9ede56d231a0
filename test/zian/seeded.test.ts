import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { seededTensor, seededWeights } from '../support/seeded.js';
import { RELEASED, type StateDictOptions, stateDictShapes } from '../support/state-dict.js';

interface SeededFixtures {
  readonly tensors: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly seed: number;
    readonly first: readonly number[];
    readonly sha256: string;
  }[];
  readonly stateDicts: readonly {
    readonly name: string;
    readonly options: StateDictOptions;
    readonly tensors: number;
    readonly parameters: number;
    readonly sha256: string;
  }[];
}

const fixtures: SeededFixtures = JSON.parse(
  readFileSync(new URL('../fixtures/seeded.json', import.meta.url), 'utf8'),
);

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
const isParameter = (name: string): boolean => !/running_(mean|var)$|num_batches_tracked$/.test(name);
const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

describe('seeded weights', () => {
  it.each(fixtures.tensors)(
    '$name with seed $seed is Python’s, bit by bit',
    ({ name, shape, seed, first, sha256: want }) => {
      const values = seededTensor(name, shape, seed);
      expect([...values.subarray(0, first.length)]).toEqual(first);
      expect(sha256(new Uint8Array(values.buffer))).toBe(want);
    },
  );

  it('fills the released REFUGE model in a few seconds', () => {
    const start = performance.now();
    let count = 0;
    for (const [name, shape] of stateDictShapes(RELEASED)) count += seededTensor(name, shape, 22).length;
    expect(count).toBeGreaterThan(85_714_918);
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  it('adjusts a tensor, rounding after each step', () => {
    const shapes = new Map([['bnf.bias', [48]]]);
    const plain = seededTensor('bnf.bias', [48], 3);
    const adjusted = seededWeights(shapes, 3, [{ name: 'bnf.bias', scale: 3, offset: 0.1 }]).get('bnf.bias');
    expect(adjusted).toEqual(plain.map((v) => Math.fround(Math.fround(v * 3) + Math.fround(0.1))));
    expect(() => seededWeights(shapes, 3, [{ name: 'bnf', scale: 1, offset: 0 }])).toThrow('bnf');
  });
});

describe('state dict', () => {
  it.each(fixtures.stateDicts)('$name: names, order and shapes are PyTorch’s', (fixture) => {
    const shapes = stateDictShapes(fixture.options);
    const lines = [...shapes].map(([name, shape]) => `${name} ${shape.join(',')}\n`).join('');
    expect(shapes.size).toBe(fixture.tensors);
    expect(sha256(lines)).toBe(fixture.sha256);
    const parameters = [...shapes].reduce(
      (sum, [name, shape]) => sum + (isParameter(name) ? size(shape) : 0),
      0,
    );
    expect(parameters).toBe(fixture.parameters);
  });

  it('has as many trainable parameters as the authors’ logs say', () => {
    const parameters = Object.fromEntries(fixtures.stateDicts.map((s) => [s.name, s.parameters]));
    expect(parameters).toMatchObject({ refuge: 85_714_918, age: 85_709_972 });
  });
});
