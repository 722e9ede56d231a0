import { setTimeout as sleep } from 'node:timers/promises';

export interface Contestant {
  /** Runs once; milliseconds. */
  run(): Promise<number>;
}

export interface Limits {
  /** No further round is begun after so many milliseconds, but for the least number. */
  readonly budget: number;
  readonly mostRounds: number;
}

/** Times of one run each, in milliseconds, in the order of the rounds. */
export interface Times {
  readonly ours: readonly number[];
  readonly peer: readonly number[];
}

/** A round beyond this many milliseconds is told enough by one. */
const SLOW = 30_000;
const LEAST_ROUNDS = 3;
/** Threads that wait actively after a run have stopped by then. */
const REST = 50;

/**
 * Runs two engines in turn, every other round in the reverse order, so that whatever else the machine does happens to
 * both. The first round is the warm-up and is not counted, unless a round takes so long that its first run, which both
 * have behind them, must do.
 * @param expected milliseconds that a round will take, as far as is known
 */
export async function interleave(
  ours: Contestant,
  peer: Contestant,
  { budget, mostRounds }: Limits,
  expected: number,
): Promise<Times> {
  const one = async (who: Contestant): Promise<number> => {
    await sleep(REST);
    return await who.run();
  };
  if (expected < SLOW) {
    await one(ours);
    await one(peer);
  }
  const times = { ours: [] as number[], peer: [] as number[] };
  const started = performance.now();
  for (let round = 0; round < mostRounds; round++) {
    const passed = performance.now() - started;
    const least = round > 0 && passed / round > SLOW ? 1 : LEAST_ROUNDS;
    if (round >= least && passed + passed / Math.max(1, round) > budget) break;
    if (round % 2 === 0) {
      times.ours.push(await one(ours));
      times.peer.push(await one(peer));
    } else {
      times.peer.push(await one(peer));
      times.ours.push(await one(ours));
    }
  }
  return times;
}
