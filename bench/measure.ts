import type { Sample } from '../src/graph/dispatch-timer.js';
import { type Summary, summarize } from './statistics.js';

export interface Effort {
  /** Samples of each candidate. */
  readonly runs: number;
  /** A sample repeats the work until it lasts about this many milliseconds. */
  readonly sampleMilliseconds: number;
  /** After this many milliseconds no further round of samples is begun, but for the least number of them. */
  readonly budgetMilliseconds: number;
}

/** Too few rounds tell nothing about the spread. */
const LEAST_ROUNDS = 3;
const MOST_REPEATS = 4096;

/** Takes one sample, in which the work is repeated so many times. */
export type TakeSample = (repeats: number) => Promise<Sample>;

export interface Measurement {
  /** Repetitions in each sample. */
  readonly repeats: number;
  /** Milliseconds per repetition on the GPU; null where the device has no timestamps. */
  readonly gpu: Summary | null;
  /** Milliseconds per repetition as the host sees them. */
  readonly wall: Summary;
}

/** The best known time of one repetition. */
export const millisecondsOf = ({ gpu, wall }: Measurement): Summary => gpu ?? wall;

/**
 * How many repetitions make a sample long enough. The samples taken to find out are the warm-up: the first of them
 * also bears what a driver does on a pipeline's first use.
 */
async function calibrate(take: TakeSample, target: number): Promise<number> {
  await take(1);
  for (let repeats = 1; ; ) {
    const { wall, gpu } = await take(repeats);
    const took = (gpu ?? wall) * repeats;
    if (took >= target || repeats >= MOST_REPEATS) return repeats;
    const wanted = Math.ceil((repeats * target * 1.1) / Math.max(took, 1e-3));
    // A short sample is mostly overhead, so it must not decide over a much longer one alone.
    repeats = Math.min(wanted, 16 * repeats, MOST_REPEATS);
  }
}

/**
 * Measures candidates against each other: warmed up one by one, then sampled in turn, every other round backwards, so
 * that whatever else happens on the machine happens to all of them.
 * @returns in the order of the candidates
 */
export async function measureInterleaved(
  candidates: readonly TakeSample[],
  { runs, sampleMilliseconds, budgetMilliseconds }: Effort,
): Promise<Measurement[]> {
  const entries: { take: TakeSample; repeats: number; samples: Sample[] }[] = [];
  for (const take of candidates)
    entries.push({ take, repeats: await calibrate(take, sampleMilliseconds), samples: [] });
  const deadline = performance.now() + budgetMilliseconds * candidates.length;
  for (let round = 0; round < runs; round++) {
    if (round >= LEAST_ROUNDS && performance.now() > deadline) break;
    for (const { take, repeats, samples } of round % 2 === 0 ? entries : entries.toReversed())
      samples.push(await take(repeats));
  }
  return entries.map(({ repeats, samples }) => {
    const gpu = samples.flatMap((sample) => (sample.gpu === undefined ? [] : [sample.gpu]));
    return {
      repeats,
      gpu: gpu.length === samples.length ? summarize(gpu) : null,
      wall: summarize(samples.map(({ wall }) => wall)),
    };
  });
}
