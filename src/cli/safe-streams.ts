import { terminalText } from '../printable.js';
import type { CliStreams } from './context.js';

/** The same streams, with whatever a terminal would obey escaped: names of files and tensors end up in all that is printed. */
export const safeStreams = (streams: CliStreams): CliStreams => ({
  ...streams,
  out: (text) => streams.out(terminalText(text)),
  err: (text) => streams.err(terminalText(text)),
});
