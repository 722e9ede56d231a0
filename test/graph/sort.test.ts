import { describe, expect, it } from 'vitest';
import type { Node, Value } from '../../src/graph/index.js';
import { sortNodes } from '../../src/graph/sort.js';
import { random } from '../support/random.js';

const value = (label: string): Value => ({ label, spec: { shape: [1, 1, 1, 1], dtype: 'f32' } });

function node(label: string, inputs: readonly Value[], output: Value): Node {
  const kernel = {
    name: 'any',
    inputs: [],
    outputs: ['y'],
    infer: () => ({}),
    cost: () => ({ flops: 0, bytes: 0 }),
    variants: [],
  };
  return {
    kind: 'kernel',
    kernel,
    label,
    inputs: Object.fromEntries(inputs.map((input, i) => [String(i), input])),
    outputs: { y: output },
    attributes: {},
  };
}

/** A random acyclic graph: node i reads up to three results of earlier nodes. */
function randomNodes(seed: number, count: number): Node[] {
  const next = random(seed);
  const results: Value[] = [value('input')];
  return Array.from({ length: count }, (_, i) => {
    const inputs = Array.from({ length: 1 + Math.floor(3 * next()) }, () => {
      const at = Math.floor(next() * results.length);
      return results[at] ?? value('none');
    });
    const output = value(`v${i}`);
    results.push(output);
    return node(`n${i}`, [...new Set(inputs)], output);
  });
}

function shuffled<T>(items: readonly T[], seed: number): T[] {
  const next = random(seed);
  return items
    .map((item) => ({ item, key: next() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

const labels = (nodes: readonly Node[]): string[] => nodes.map(({ label }) => label);

describe('sortNodes', () => {
  it('leaves an order that runs as it is', () => {
    const nodes = randomNodes(1, 50);
    expect(sortNodes(nodes)).toEqual(nodes);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('puts shuffled nodes after what they read (seed %i)', (seed) => {
    const nodes = randomNodes(seed, 60);
    const sorted = sortNodes(shuffled(nodes, seed));
    expect(labels(sorted).toSorted()).toEqual(labels(nodes).toSorted());
    const made = new Set<Value>();
    const produced = new Set(nodes.flatMap((n) => (n.kind === 'kernel' ? Object.values(n.outputs) : [])));
    for (const n of sorted) {
      if (n.kind !== 'kernel') throw new Error('only kernels here');
      for (const input of Object.values(n.inputs)) expect(made.has(input) || !produced.has(input)).toBe(true);
      for (const output of Object.values(n.outputs)) made.add(output);
    }
  });

  it('is the same however often it is called', () => {
    const nodes = shuffled(randomNodes(9, 60), 9);
    expect(labels(sortNodes(nodes))).toEqual(labels(sortNodes(nodes)));
  });

  it('takes a network deeper than the call stack', () => {
    const values = Array.from({ length: 20_001 }, (_, i) => value(`v${i}`));
    const chain = values
      .slice(1)
      .map((output, i) => node(`n${i}`, values.slice(i, i + 1), output))
      .reverse();
    expect(labels(sortNodes(chain))).toEqual(labels(chain).reverse());
  });

  it('tells a cycle', () => {
    const [a, b, c] = [value('a'), value('b'), value('c')];
    const cycle = [node('first', [c], a), node('second', [a], b), node('third', [b], c)];
    expect(() => sortNodes(cycle)).toThrow(/cycle through (first|second|third)/);
    expect(() => sortNodes([node('itself', [a], a)])).toThrow('cycle through itself');
  });
});
