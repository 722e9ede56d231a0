import type { ImageJobs } from '../node/images/jobs.js';
import type { TuningMode } from '../tuning/index.js';
import type { OpenEngine } from './engine.js';

/** Where a command writes: what was asked for goes out, everything else to err. */
export interface CliStreams {
  out(text: string): void;
  err(text: string): void;
  /** The terminal behind `err`, for progress bars; undefined where it is a file or a pipe. */
  readonly terminal: NodeJS.WriteStream | undefined;
  /** Whether the reader of `out` has gone away. */
  readonly outClosed: () => boolean;
}

/** What the commands need from outside, so that tests can stand in for it. */
export interface CliContext {
  readonly streams: CliStreams;
  readonly openEngine: OpenEngine;
  /** Where images are decoded and overlays drawn: on so many threads, or with 0 on this one. */
  readonly openImageJobs: (threads: number) => ImageJobs;
  /** zian-webgpu's own. */
  readonly version: string;
  /** Prints stack traces of unexpected errors. */
  readonly debug: boolean;
}

/** Options that every command takes. */
export interface GlobalOptions {
  /** As `openDevice` takes it. */
  readonly adapter: string;
  readonly quiet: boolean;
  /** As `loadZian` takes it; undefined leaves it to the adapter. */
  readonly tuning?: TuningMode;
}

/** Registers a command; its exit code, if not 0, goes to `exit`. */
export interface CommandHost extends CliContext {
  readonly exit: (code: number) => void;
}

/** One line on stderr, unless `--quiet`. */
export const noter =
  ({ err }: CliStreams, { quiet }: Pick<GlobalOptions, 'quiet'>) =>
  (line: string): void => {
    if (!quiet) err(`${line}\n`);
  };
