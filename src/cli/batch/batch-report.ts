import { type BatchState, durationText, rateText } from './batch-progress.js';

/** What a batch came to, for people and as an object. */
export class BatchReport {
  readonly total: number;
  /** Done by earlier runs. */
  readonly before: number;
  /** Done by this run, whether or not they could be used. */
  done = 0;
  /** Of all runs. */
  readonly failures: { readonly image: string; readonly error: string }[] = [];
  /** Milliseconds in which the network waited for pixels. */
  waiting = 0;
  #start = performance.now();

  constructor(total: number, before: number) {
    this.total = total;
    this.before = before;
  }

  /** The model is loaded, and the first image comes. */
  start(): void {
    this.#start = performance.now();
  }

  get state(): BatchState {
    return {
      done: this.before + this.done,
      total: this.total,
      failed: this.failures.length,
      now: this.done,
      milliseconds: performance.now() - this.#start,
    };
  }

  /** The last line. */
  line(table: string, rows: number): string {
    const { milliseconds } = this.state;
    const failed = this.failures.length > 0 ? `, ${this.failures.length} failed` : '';
    const speed =
      this.done === 0
        ? ''
        : ` in ${durationText(milliseconds)} (${rateText(this.done, milliseconds)}; waited for pixels ${((100 * this.waiting) / milliseconds).toFixed(1)} % of the time)`;
    return `${this.done} images${speed}${failed}; ${rows} rows in ${table}.`;
  }

  /** The object of `--json`. */
  json(table: string, rows: number) {
    const { milliseconds } = this.state;
    return {
      table,
      rows,
      images: this.total,
      done: this.done,
      before: this.before,
      failures: this.failures,
      milliseconds: Math.round(milliseconds),
      waitingForPixels: Math.round(this.waiting),
    };
  }
}
