import { cliMarkdown } from './completion/markdown.js';
import { programSpec } from './completion/spec.js';
import type { CommandHost } from './context.js';
import { makeProgram } from './run.js';

const unused = (): never => {
  throw new Error('the reference runs no command');
};

/** A host for a program that is described, and not run. */
const host: CommandHost = {
  streams: { out: () => undefined, err: () => undefined, terminal: undefined, outClosed: () => false },
  openEngine: unused,
  openImageJobs: unused,
  version: '0',
  debug: false,
  exit: unused,
};

/** The text of docs/cli.md. */
export const cliReference = (): string => cliMarkdown(programSpec(makeProgram(host)));
