import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { patiently } from '../../src/node/patience.js';

describe('patiently', () => {
  it('gives what was waited for, and its error', async () => {
    expect(await patiently(Promise.resolve(7))).toBe(7);
    await expect(patiently(sleep(30).then(() => Promise.reject(new Error('lost'))))).rejects.toThrow('lost');
  });

  it('makes the turns of the event loop few, and ends with what it waited for', async () => {
    let turns = 0;
    let running = true;
    const count = (): void => {
      turns++;
      if (running) setImmediate(count);
    };
    setImmediate(count);
    await patiently(sleep(400));
    // Naps of at most 4 ms, the first ones shorter; a loop without pause turns tens of thousands of times.
    expect(turns).toBeLessThan(5000);
    const before = turns;
    await sleep(50);
    running = false;
    // No more naps: the loop spins again.
    expect(turns - before).toBeGreaterThan(50);
  });
});
