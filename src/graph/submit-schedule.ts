import type { PreparedDispatch } from './dispatch.js';
import type { Step } from './steps.js';

/**
 * How long what is submitted at once may take unless told otherwise, in milliseconds: half of the two seconds after which
 * Windows resets a GPU that does not answer. Others wait longer.
 */
export const SUBMIT_BUDGET_MILLISECONDS = 1000;

/** Before a run was timed: as slow as 10 billion operations per second, which every GPU surpasses several times. */
const UNTIMED_MILLISECONDS_PER_OPERATION = 1e-7;
/** Operations that are done in the time in which a byte is moved, roughly, on GPUs. */
const OPERATIONS_PER_BYTE = 8;

/** A step's share of the time, in operations. */
export function workOf({ node, call }: Step): number {
  const { flops, bytes } = node.kernel.cost(call);
  return flops + OPERATIONS_PER_BYTE * bytes;
}

/**
 * Cuts a run into parts that take no longer than a budget each, between steps, so that a slow adapter does not trip its
 * driver's watchdog, and other programs get their turn. A fast one has all in one part. A step is never cut.
 */
export class SubmitSchedule {
  readonly #dispatches: readonly (readonly PreparedDispatch[])[];
  readonly #work: readonly number[];
  readonly #total: number;
  readonly #budget: number;
  #millisecondsPerOperation = UNTIMED_MILLISECONDS_PER_OPERATION;

  /** @param budget in milliseconds; infinite for one part always */
  constructor(
    steps: readonly Step[],
    dispatches: readonly (readonly PreparedDispatch[])[],
    budget = SUBMIT_BUDGET_MILLISECONDS,
  ) {
    this.#dispatches = dispatches;
    this.#work = steps.map(workOf);
    this.#total = this.#work.reduce((sum, work) => sum + work, 0);
    this.#budget = budget;
  }

  /** The dispatches of each part, at least one part. */
  parts(): PreparedDispatch[][] {
    const most = this.#budget / this.#millisecondsPerOperation;
    const first: PreparedDispatch[] = [];
    const parts = [first];
    let part = first;
    let filled = 0;
    this.#dispatches.forEach((dispatches, step) => {
      const work = this.#work[step] ?? 0;
      if (filled > 0 && filled + work > most) {
        part = [];
        parts.push(part);
        filled = 0;
      }
      part.push(...dispatches);
      filled += work;
    });
    return parts;
  }

  /** Takes note of how long a whole run took. */
  timed(milliseconds: number): void {
    if (this.#total > 0) this.#millisecondsPerOperation = milliseconds / this.#total;
  }
}
