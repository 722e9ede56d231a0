import { describe, expect, it } from 'vitest';
import { type Contestant, interleave } from '../../../bench/peers/interleave.js';

/** Two engines that note their turns and say given times. */
function pair(milliseconds: number): { turns: string[]; ours: Contestant; peer: Contestant } {
  const turns: string[] = [];
  const engine = (name: string, time: number): Contestant => ({
    run: async () => {
      turns.push(name);
      return time;
    },
  });
  return { turns, ours: engine('ours', milliseconds), peer: engine('peer', 2 * milliseconds) };
}

describe('interleave', () => {
  it('warms both up, then takes turns, every other round in the reverse order', async () => {
    const { turns, ours, peer } = pair(1);
    const times = await interleave(ours, peer, { budget: 1e6, mostRounds: 4 }, 10);
    expect(times).toEqual({ ours: [1, 1, 1, 1], peer: [2, 2, 2, 2] });
    const round = ['ours', 'peer'];
    const back = ['peer', 'ours'];
    expect(turns).toEqual([...round, ...round, ...back, ...round, ...back]);
  });

  it('takes three rounds although the budget is used up', async () => {
    const { ours, peer } = pair(1);
    const times = await interleave(ours, peer, { budget: 0, mostRounds: 15 }, 10);
    expect(times.peer).toHaveLength(3);
  });

  it('leaves the warm-up to the first run where a round takes long', async () => {
    const { turns, ours, peer } = pair(1);
    await interleave(ours, peer, { budget: 0, mostRounds: 15 }, 60_000);
    expect(turns).toHaveLength(6);
  });

  it('hands on the error of whoever fails', async () => {
    const { ours } = pair(1);
    const peer = { run: () => Promise.reject(new Error('gone')) };
    await expect(interleave(ours, peer, { budget: 0, mostRounds: 15 }, 0)).rejects.toThrow('gone');
  });
});
