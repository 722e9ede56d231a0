import cliProgress from 'cli-progress';
import type { CliStreams, GlobalOptions } from './context.js';

/** Shows how far a long task has come. */
export interface Progress {
  update(done: number, total: number): void;
  /** Takes the bar off the screen. */
  finish(): void;
}

const SILENT: Progress = { update: () => undefined, finish: () => undefined };

/** A bar on the terminal; nothing where stderr is a file or a pipe, or with `--quiet`. */
export function startProgress(
  label: string,
  { terminal }: CliStreams,
  { quiet }: Pick<GlobalOptions, 'quiet'>,
): Progress {
  if (quiet || terminal === undefined) return SILENT;
  const bar = new cliProgress.SingleBar({
    format: `${label} {bar} {percentage} %`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 30,
    stream: terminal,
    // A cursor that is hidden, and lines that are not wrapped, stay so if the process is killed.
    hideCursor: false,
    linewrap: true,
    // The library's handler would swallow the first interrupt.
    gracefulExit: false,
    clearOnComplete: true,
  });
  let started = false;
  return {
    update(done, total) {
      if (!started) bar.start(total, done);
      started = true;
      bar.setTotal(total);
      bar.update(done);
    },
    finish() {
      if (started) bar.stop();
    },
  };
}
