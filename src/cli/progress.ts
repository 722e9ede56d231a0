import cliProgress from 'cli-progress';
import type { CliStreams, GlobalOptions } from './context.js';

/** Shows how far a long task has come. */
export interface Progress {
  update(done: number, total: number): void;
  /** Takes the bar off the screen. */
  finish(): void;
}

/** A bar that leaves the terminal as it was, also when the process is killed. @param format as cli-progress has it */
export const terminalBar = (format: string, stream: NodeJS.WritableStream): cliProgress.SingleBar =>
  new cliProgress.SingleBar({
    format,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 30,
    stream,
    // A cursor that is hidden, and lines that are not wrapped, stay so if the process is killed.
    hideCursor: false,
    linewrap: true,
    // The library's handler would swallow the first interrupt.
    gracefulExit: false,
    clearOnComplete: true,
  });

const SILENT: Progress = { update: () => undefined, finish: () => undefined };

/** A bar on the terminal; nothing where stderr is a file or a pipe, or with `--quiet`. */
export function startProgress(
  label: string,
  { terminal }: CliStreams,
  { quiet }: Pick<GlobalOptions, 'quiet'>,
): Progress {
  if (quiet || terminal === undefined) return SILENT;
  const bar = terminalBar(`${label} {bar} {percentage} %`, terminal);
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
