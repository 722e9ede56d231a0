import { constants } from 'node:os';
import { processStreams } from '../../src/cli/process-streams.js';
import { reportError } from '../../src/cli/report-error.js';
import { runPeersBench } from './run.js';

const context = { streams: processStreams(), debug: process.env.ZIAN_DEBUG === '1' };
process.on('uncaughtException', (error) => process.exit(reportError(error, context)));
// An orderly exit, so that files for the peers, which are large, are removed.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => {
    context.streams.err(`stopped by ${signal}\n`);
    process.exit(128 + constants.signals[signal]);
  });
process.exitCode = await runPeersBench(process.argv.slice(2), context);
