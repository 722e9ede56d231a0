import { writeSync } from 'node:fs';
import { Draw, seedOf } from './draw.js';
import type { Format } from './format.js';
import { judge } from './outcome.js';

/** Which runs a process does, and where it says how far it is. */
export interface WorkerTask {
  readonly format: Format;
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  /** A file, in which the number of the run that is under way is kept. */
  readonly progress: number;
}

/** What a process says when it is done, as a line of JSON. */
export interface WorkerReport {
  readonly read: number;
  readonly refused: number;
  readonly failures: readonly { readonly run: number; readonly why: string }[];
}

const MOST_FAILURES = 20;

/** Does the runs one after the other. */
export async function work({ format, seed, from, to, progress }: WorkerTask): Promise<WorkerReport> {
  const counts = { read: 0, refused: 0 };
  const failures: { run: number; why: string }[] = [];
  for (let run = from; run < to && failures.length < MOST_FAILURES; run++) {
    writeSync(progress, String(run).padStart(12), 0);
    try {
      counts[await judge(format, format.mutate(new Draw(seedOf(seed, run))))]++;
    } catch (error) {
      failures.push({ run, why: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  }
  return { ...counts, failures };
}
