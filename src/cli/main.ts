#!/usr/bin/env node
import { constants } from 'node:os';
import { inProcessJobs } from '../node/images/jobs.js';
import { ImageWorkers } from '../node/images/worker-pool.js';
import { ownVersion } from '../node/versions.js';
import type { CliContext } from './context.js';
import { openEngine } from './open-engine.js';
import { processStreams } from './process-streams.js';
import { reportError } from './report-error.js';
import { runCli } from './run.js';

/** Beside this file once both are built. */
const WORKER = new URL('./image-worker.js', import.meta.url);

const context: CliContext = {
  streams: processStreams(),
  openEngine,
  openImageJobs: (threads) => (threads === 0 ? inProcessJobs : new ImageWorkers(WORKER, threads)),
  version: await ownVersion(),
  debug: process.env.ZIAN_DEBUG === '1',
};

process.on('uncaughtException', (error) => process.exit(reportError(error, context)));
// An orderly exit, so that unfinished files are removed.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => process.exit(128 + constants.signals[signal]));
}

process.exitCode = await runCli(process.argv.slice(2), context);
