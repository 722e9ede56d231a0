import { describe, expect, it } from 'vitest';
import { optimize, type PassName, passes } from '../../../src/graph/index.js';
import { randomNetwork } from '../random-network.js';
import { referenceOutputs } from '../reference.js';
import { batchNorms, census, compute, type TestGraph, worstDistance } from '../support.js';

/**
 * Of the largest value of an output: some twenty layers of rounding at 6e-8 each. Measured over 30 seeds on SwiftShader
 * and lavapipe: 1.2e-6 at most, with whatever passes, and 0 between any two sets of passes that both fold batch norms
 * or both do not.
 */
const TOLERANCE = 4e-6;

/** These only move data, or leave work away: not one bit of a result may change. */
const EXACT: readonly PassName[] = ['remove-unused', 'pixel-shuffle-indexing', 'concat-slices'];

const names = passes.map(({ name }) => name);
const withOnly = (test: TestGraph, name: PassName): TestGraph => ({
  ...test,
  graph: optimize(
    test.graph,
    names.filter((other) => other !== name),
  ),
});
const without = (test: TestGraph, off: readonly PassName[]): TestGraph => ({
  ...test,
  graph: optimize(test.graph, off),
});

const SEEDS = [5, 11, 13, 15, 29, 30];
const networks = SEEDS.map((seed) => ({ seed, test: randomNetwork(seed) }));

describe.each(networks)('random network $seed', ({ test }) => {
  it('all passes on, all off, and each one off: close to the float64 reference', async () => {
    const want = await referenceOutputs(test);
    const runs: [string, readonly PassName[]][] = [
      ['none', names],
      ['all', []],
      ...names.map((name): [string, PassName[]] => [`all but ${name}`, [name]]),
    ];
    for (const [label, off] of runs) {
      const { output, distance } = worstDistance(await compute(without(test, off)), want);
      expect(distance, `${label}: ${output}`).toBeLessThan(TOLERANCE);
    }
  });

  it('each pass alone: the bits of none where only data move, close to it otherwise', async () => {
    const plain = await compute(test);
    for (const name of names) {
      const { output, distance } = worstDistance(await compute(withOnly(test, name)), plain);
      const allowed = EXACT.includes(name) ? 0 : TOLERANCE;
      expect(distance, `${name}: ${output}`).toBeLessThanOrEqual(allowed);
    }
  });

  it('no batch norm is left, and fewer dispatches', () => {
    const graph = optimize(test.graph);
    expect(batchNorms(test.graph).length).toBeGreaterThanOrEqual(10);
    expect(batchNorms(graph)).toEqual([]);
    expect(census(graph).activation ?? 0).toBeLessThanOrEqual(1);
    expect(graph.nodes.length).toBeLessThan(test.graph.nodes.length / 2);
  });
});

it('every pass finds something to do in them', () => {
  for (const { name, run } of passes) {
    if (name === 'remove-unused') continue;
    const before = names.slice(0, names.indexOf(name));
    const found = networks.some(({ test }) => {
      const graph = optimize(
        test.graph,
        names.filter((other) => !before.includes(other)),
      );
      return (
        run(graph).nodes.length !== graph.nodes.length ||
        run(graph).nodes.some((n, i) => n !== graph.nodes[i])
      );
    });
    expect(found, name).toBe(true);
  }
});
