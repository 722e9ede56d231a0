import { CommanderError } from 'commander';
import { EXIT_CODES, ZianError } from '../errors.js';
import { printableLines } from '../printable.js';
import type { CliContext } from './context.js';

/** An error of this program rather than of its user: EX_SOFTWARE of sysexits.h. */
const EXIT_UNEXPECTED = 70;

/** The line of an error that a user can act on. */
export const errorLine = (message: string): string => `error: ${printableLines(message)}\n`;

/** Prints an error that a user can act on. */
export const printError = ({ streams }: Pick<CliContext, 'streams'>, message: string): void =>
  streams.err(errorLine(message));

/**
 * Says on stderr what went wrong, and gives the exit code: 2 for usage, 3 for input, 4 for the device, 70 for
 * anything unexpected (its stack is printed in debug mode only).
 */
export function reportError(error: unknown, context: Pick<CliContext, 'streams' | 'debug'>): number {
  // Commander has printed its message already; help that was asked for comes as an error of code 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_CODES.usage;
  if (error instanceof ZianError) {
    printError(context, error.message);
    if (context.debug && error.cause !== undefined) context.streams.err(`${stackOf(error)}\n`);
    return EXIT_CODES[error.kind];
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  printError(
    context,
    `unexpected ${message.replace(/\s+/g, ' ')} (a fault of zian-webgpu or of this machine; ZIAN_DEBUG=1 shows where)`,
  );
  if (context.debug) context.streams.err(`${stackOf(error)}\n`);
  return EXIT_UNEXPECTED;
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
