import { describe, expect, it } from 'vitest';
import { measureInterleaved, type TakeSample } from '../../bench/measure.js';

const EFFORT = { runs: 4, sampleMilliseconds: 10, budgetMilliseconds: 10_000 };

/** A candidate that takes so many milliseconds per repetition and writes down when it was asked. */
const candidate =
  (name: string, milliseconds: number, calls: string[], hasGpu = true): TakeSample =>
  async (repeats) => {
    calls.push(`${name}×${repeats}`);
    return { wall: milliseconds * 1.5, gpu: hasGpu ? milliseconds : undefined };
  };

describe('interleaved measurements', () => {
  it('repeat short work until a sample is long enough, and long work once', async () => {
    const [short, long] = await measureInterleaved(
      [candidate('short', 0.01, []), candidate('long', 50, [])],
      EFFORT,
    );
    expect(short?.repeats).toBeGreaterThanOrEqual(1000);
    expect(short?.repeats).toBeLessThan(2000);
    expect(long?.repeats).toBe(1);
  });

  it('end the search for work that takes no time', async () => {
    const [none] = await measureInterleaved([candidate('none', 0, [])], EFFORT);
    expect(none?.repeats).toBe(4096);
  });

  it('warm each up, then take turns, forwards and backwards', async () => {
    const calls: string[] = [];
    await measureInterleaved([candidate('a', 20, calls), candidate('b', 20, calls)], { ...EFFORT, runs: 3 });
    const once = calls.map((call) => call.replace('×1', ''));
    expect(once.slice(0, 4)).toEqual(['a', 'a', 'b', 'b']);
    expect(once.slice(4)).toEqual(['a', 'b', 'b', 'a', 'a', 'b']);
  });

  it('give GPU and wall time per repetition, without the warm-up', async () => {
    let calls = 0;
    const take: TakeSample = async () => {
      calls += 1;
      const cold = calls <= 2;
      return { wall: cold ? 1000 : 12, gpu: cold ? 900 : 11 };
    };
    const [result] = await measureInterleaved([take], EFFORT);
    expect(result?.gpu).toMatchObject({ median: 11, max: 11, samples: 4 });
    expect(result?.wall).toMatchObject({ median: 12, max: 12, samples: 4 });
  });

  it('have no GPU time where one timestamp is missing', async () => {
    let calls = 0;
    const take: TakeSample = async () => {
      calls += 1;
      return { wall: 20, gpu: calls === 5 ? undefined : 19 };
    };
    const [result] = await measureInterleaved([take], EFFORT);
    expect(result?.gpu).toBeNull();
    expect(result?.wall.median).toBe(20);
  });

  it('stop at the budget, but not before three rounds', async () => {
    const slow: TakeSample = async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return { wall: 20, gpu: undefined };
    };
    const effort = { ...EFFORT, runs: 100, budgetMilliseconds: 0 };
    const [result] = await measureInterleaved([slow], effort);
    expect(result?.wall.samples).toBe(3);
  });
});
