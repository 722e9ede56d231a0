import { printableLines } from './printable.js';

/** What went wrong, for exit codes: 2 = how the program was called, 3 = what it was given, 4 = the GPU. */
export type ErrorKind = 'usage' | 'input' | 'device';

/** Exit code of a process that ends because of an error of this kind. */
export const EXIT_CODES: Readonly<Record<ErrorKind, number>> = { usage: 2, input: 3, device: 4 };

/**
 * An error that a user can act on: `message` is one clear sentence that names the file, tensor or
 * option, what was expected, what was found and what to do. Anything else that is thrown is a bug. Names and values in it
 * are from files and paths, so whatever a terminal would obey is escaped.
 */
export class ZianError extends Error {
  readonly kind: ErrorKind;

  constructor(kind: ErrorKind, message: string, options?: ErrorOptions) {
    super(printableLines(message), options);
    this.name = 'ZianError';
    this.kind = kind;
  }
}

/** An option, argument or call that cannot be meant as given (exit code 2). */
export const usageError = (message: string, options?: ErrorOptions): ZianError =>
  new ZianError('usage', message, options);

/** A file or value that is not what it should be (exit code 3). */
export const inputError = (message: string, options?: ErrorOptions): ZianError =>
  new ZianError('input', message, options);

/** A missing, lost or faulty GPU (exit code 4). */
export const deviceError = (message: string, options?: ErrorOptions): ZianError =>
  new ZianError('device', message, options);

/** The GPU has no memory left for what was asked of it; the message says how much that is, and what would take less. */
export class OutOfMemoryError extends ZianError {
  constructor(message: string, options?: ErrorOptions) {
    super('device', message, options);
    this.name = 'OutOfMemoryError';
  }
}

/** The device was lost, or destroyed, while it was needed. What was made on it is gone: open a new one and load again. */
export class DeviceLostError extends ZianError {
  /** `destroyed` or `unknown`, as WebGPU gives it. */
  readonly reason: string;

  constructor(reason: string, message: string) {
    super('device', message);
    this.name = 'DeviceLostError';
    this.reason = reason;
  }
}
