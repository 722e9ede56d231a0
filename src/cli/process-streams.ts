import { usageError } from '../errors.js';
import type { CliStreams } from './context.js';

const codeOf = (error: Error): string => ('code' in error ? String(error.code) : error.message);

/** The process's own streams. A reader that has gone away (`| head`) is no error: what is written then is dropped. */
export function processStreams(): CliStreams {
  let closed = false;
  process.stdout.on('error', (error) => {
    if (closed) return;
    closed = true;
    if (codeOf(error) !== 'EPIPE') {
      throw usageError(`The standard output cannot be written: ${codeOf(error)}.`, { cause: error });
    }
  });
  // Where stderr cannot be written, there is nobody to tell.
  process.stderr.on('error', () => undefined);
  return {
    out: (text) => {
      if (!closed) process.stdout.write(text);
    },
    err: (text) => {
      process.stderr.write(text);
    },
    terminal: process.stderr.isTTY ? process.stderr : undefined,
    outClosed: () => closed,
  };
}
