import type { CliStreams, GlobalOptions } from '../context.js';
import { terminalBar } from '../progress.js';

/** Where a batch stands. */
export interface BatchState {
  readonly done: number;
  readonly total: number;
  readonly failed: number;
  /** Done in this run, and the milliseconds that it took. */
  readonly now: number;
  readonly milliseconds: number;
}

/** Shows how far a batch has come. */
export interface BatchProgress {
  update(state: BatchState): void;
  /** Writes a line on stderr, above the bar where there is one. */
  line(text: string): void;
  /** Takes the bar off the screen. */
  finish(): void;
}

/** `3.2 images/s`, or per minute where it is slower than one in two seconds. */
export function rateText(images: number, milliseconds: number): string {
  const rate = images / (milliseconds / 1000);
  if (!Number.isFinite(rate) || rate === 0) return '-';
  return rate >= 0.5 ? `${rate.toFixed(1)} images/s` : `${(60 * rate).toFixed(1)} images/min`;
}

/** `40 s`, `12 min`, `3 h 5 min`. */
export function durationText(milliseconds: number): string {
  if (!Number.isFinite(milliseconds)) return '-';
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function texts({ done, total, failed, now, milliseconds }: BatchState) {
  return {
    rate: rateText(now, milliseconds),
    left: durationText(((total - done) * milliseconds) / now),
    failures: failed > 0 ? `, ${failed} failed` : '',
  };
}

/** Where there is no terminal, one line so often, in milliseconds. */
const LINE_EVERY = 30_000;

/** A bar with rate and time left on a terminal; elsewhere a line every 30 s; with `--quiet` nothing. */
export function startBatchProgress(
  { terminal, err }: CliStreams,
  { quiet }: Pick<GlobalOptions, 'quiet'>,
): BatchProgress {
  const write = (text: string): void => err(`${text}\n`);
  if (quiet) return { update: () => undefined, line: write, finish: () => undefined };
  if (terminal === undefined) {
    let last = performance.now();
    return {
      update(state) {
        if (state.now === 0 || performance.now() - last < LINE_EVERY) return;
        last = performance.now();
        const { rate, left, failures } = texts(state);
        write(`${state.done} of ${state.total} images${failures}, ${rate}, ${left} left`);
      },
      line: write,
      finish: () => undefined,
    };
  }
  const bar = terminalBar('localizing {bar} {value}/{total}{failures}, {rate}, {left} left', terminal);
  let started = false;
  return {
    update(state) {
      const payload = texts(state);
      if (started) bar.update(state.done, payload);
      else bar.start(state.total, state.done, payload);
      started = true;
    },
    line(text) {
      // The bar's line is cleared, and drawn again below what is written.
      if (started) terminal.write('\r\u001b[K');
      write(text);
      if (started) bar.render();
    },
    finish() {
      if (started) bar.stop();
      started = false;
    },
  };
}
