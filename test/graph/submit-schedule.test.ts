import { describe, expect, it } from 'vitest';
import { Executable } from '../../src/graph/index.js';
import { spiedDevice } from './spied-device.js';
import { layered, writeInputs } from './support.js';

const network = layered((l, builder) => {
  let x = builder.input('x', [1, 4, 24, 24]);
  for (let i = 0; i < 6; i++) x = l.m.relu(l.conv(`conv${i}`, x, 8));
  builder.output('y', x);
});

/** Submits of each of three runs, and their results. */
async function runs(submitBudgetMilliseconds?: number) {
  const { device, calls } = await spiedDevice();
  const executable = await Executable.compile(network.graph, device, {
    readWeight: network.readWeight,
    submitBudgetMilliseconds,
  });
  try {
    writeInputs(executable, network.graph);
    const submits: number[] = [];
    const results: number[][] = [];
    for (let i = 0; i < 3; i++) {
      const before = calls.submits;
      results.push([...((await executable.run(['y'])).get('y') ?? [])]);
      submits.push(calls.submits - before);
    }
    return { submits, results };
  } finally {
    executable.destroy();
  }
}

describe('a run', () => {
  it('is one submit, and the same bits each time, where it is short', async () => {
    const { submits, results } = await runs();
    expect(submits).toEqual([1, 1, 1]);
    expect(results[1]).toEqual(results[0]);
    expect(results[0]?.some((value) => value !== 0)).toBe(true);
  });

  it('is cut between steps where it takes longer than the budget, with the same bits', async () => {
    const whole = await runs(Number.POSITIVE_INFINITY);
    const cut = await runs(1e-6);
    expect(whole.submits).toEqual([1, 1, 1]);
    // Twelve steps: convolutions, and what follows them.
    expect(cut.submits).toEqual([12, 12, 12]);
    expect(cut.results).toEqual(whole.results);
  });

  it('is cut by what the last one took, once one was timed', async () => {
    // By the guess for adapters that were not timed this is one submit; reading the results back alone takes longer.
    const { submits } = await runs(1);
    expect(submits[0]).toBeLessThan(12);
    expect(submits[1]).toBeGreaterThan(1);
  });
});
