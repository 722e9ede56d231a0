import { processStreams } from '../src/cli/process-streams.js';
import { reportError } from '../src/cli/report-error.js';
import { suites } from '../src/kernels/suites.js';
import { type BenchContext, runBench } from './run.js';

const context: BenchContext = { streams: processStreams(), debug: process.env.ZIAN_DEBUG === '1', suites };
process.on('uncaughtException', (error) => process.exit(reportError(error, context)));
process.exitCode = await runBench(process.argv.slice(2), context);
