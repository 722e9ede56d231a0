import { processStreams } from '../src/cli/process-streams.js';
import { reportError } from '../src/cli/report-error.js';
import { runSoak } from './run.js';

const context = { streams: processStreams(), debug: process.env.ZIAN_DEBUG === '1' };
process.on('uncaughtException', (error) => process.exit(reportError(error, context)));
process.exitCode = await runSoak(process.argv.slice(2), context);
