import { readFileSync, statSync } from 'node:fs';

/** A file hangs that takes this long, in milliseconds of the processor, which a busy or sleeping machine does not spend … */
export const HANG = 60_000;
/** … or this long by the clock: a process may also wait for ever. */
const WAIT = 600_000;

/** Linux counts a process's time in hundredths of a second. */
const TICK = 10;

/** Milliseconds of processor time that a process has had; undefined where the system does not tell. */
function processorTime(pid: number): number | undefined {
  try {
    // The command's name stands in parentheses and may hold spaces: utime and stime are the 12th and 13th field behind it.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    const ticks = Number(fields[11]) + Number(fields[12]);
    return Number.isFinite(ticks) ? ticks * TICK : undefined;
  } catch {
    return undefined;
  }
}

/** Watches whether a process goes on: `progress` is a file that it writes before each run. */
export class Watch {
  readonly #progress: string;
  readonly #hang: number;
  #changed = Number.NaN;
  #since = Date.now();
  #spent: number | undefined;

  constructor(progress: string, hang = HANG) {
    this.#progress = progress;
    this.#hang = hang;
  }

  /** Whether the run that is under way hangs. To be asked every second or so. */
  hangs(pid: number): boolean {
    const { mtimeMs } = statSync(this.#progress);
    const spent = processorTime(pid);
    if (mtimeMs !== this.#changed) {
      this.#changed = mtimeMs;
      this.#since = Date.now();
      this.#spent = spent;
      return false;
    }
    const waited = Date.now() - this.#since;
    if (spent === undefined || this.#spent === undefined) return waited > this.#hang;
    return spent - this.#spent > this.#hang || waited > WAIT;
  }
}
