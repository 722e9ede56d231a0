import { readFileSync, writeFileSync } from 'node:fs';
import { ZianError } from '../../src/errors.js';
import type { Format } from './format.js';

/** What became of a mutant. */
export type Outcome = 'read' | 'refused';

/** Longest time for one file, in milliseconds: of the processor where the clock says more, since the machine may be busy. */
export const MAX_MILLISECONDS = 1000;
/** Memory beyond the file's own: four times the file and this. */
export const MAX_EXTRA_BYTES = 64 << 20;
const LONGEST_MESSAGE = 2000;

/** Garbage of earlier runs above this is collected first, so that it does not hide what a run takes. */
const GARBAGE_BYTES = 24 << 20;

/** One sentence on one line, that a terminal only shows. */
export function messageProblem(message: string): string | undefined {
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(message)) return 'has control characters';
  if (message.length > LONGEST_MESSAGE) return `has ${message.length} characters`;
  if (!message.endsWith('.')) return 'does not end like a sentence';
  return message.trim().length < 10 ? 'says nothing' : undefined;
}

/** Peak resident memory since the last `resetPeak`, in bytes: Linux counts it (VmHWM), elsewhere it is only ever growing. */
function peakMemory(): number {
  try {
    const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'latin1'))?.[1];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  } catch {
    // No Linux.
  }
  return process.resourceUsage().maxRSS * 1024;
}

function resetPeak(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // No Linux, or not allowed: then the peak is of all runs so far, and still found once.
  }
}

let floor = 0;
function collectGarbage(): void {
  const { gc } = globalThis;
  if (gc === undefined || process.memoryUsage.rss() < floor + GARBAGE_BYTES) return;
  gc();
  floor = process.memoryUsage.rss();
}

interface Measured {
  readonly outcome: Outcome;
  readonly milliseconds: number;
  /** Beyond what was in use before, and the pixels of the result. */
  readonly extraBytes: number;
}

async function measure(format: Format, bytes: Uint8Array): Promise<Measured> {
  collectGarbage();
  resetPeak();
  const before = process.memoryUsage.rss();
  const start = performance.now();
  const cpu = process.cpuUsage();
  let resultBytes = 0;
  let outcome: Outcome = 'read';
  try {
    resultBytes = await format.read(bytes);
  } catch (error) {
    if (!(error instanceof ZianError)) throw error;
    const problem = messageProblem(error.message);
    if (problem !== undefined) throw new Error(`the message ${problem}: ${JSON.stringify(error.message)}`);
    outcome = 'refused';
  }
  const { user, system } = process.cpuUsage(cpu);
  return {
    outcome,
    milliseconds: Math.min(performance.now() - start, (user + system) / 1000),
    extraBytes: peakMemory() - before - resultBytes,
  };
}

/**
 * Reads a mutant and judges it: read or refused in one sentence, within a second, and within four times the file and
 * 64 MB of memory. What is over a limit is tried again, since a busy machine or a collection of garbage may be to blame.
 *
 * @throws Error saying what is wrong
 */
export async function judge(
  format: Format,
  bytes: Uint8Array,
  maxMilliseconds: number = MAX_MILLISECONDS,
): Promise<Outcome> {
  const limit = 4 * bytes.length + MAX_EXTRA_BYTES;
  let measured = await measure(format, bytes);
  const exceeds = ({ milliseconds, extraBytes }: Measured) =>
    milliseconds > maxMilliseconds || extraBytes > limit;
  for (let attempt = 0; attempt < 3 && exceeds(measured); attempt++) {
    globalThis.gc?.();
    measured = await measure(format, bytes);
  }
  const { outcome, milliseconds, extraBytes } = measured;
  if (milliseconds > maxMilliseconds) throw new Error(`took ${milliseconds.toFixed(0)} ms`);
  if (extraBytes > limit) {
    throw new Error(`took ${(extraBytes / 2 ** 20).toFixed(0)} MiB for a file of ${bytes.length} bytes`);
  }
  return outcome;
}
