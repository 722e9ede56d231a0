import { openEngine } from '../src/cli/open-engine.js';
import { processStreams } from '../src/cli/process-streams.js';
import { reportError } from '../src/cli/report-error.js';
import { type DemoContext, runDemo } from './run.js';

const context: DemoContext = { streams: processStreams(), openEngine, debug: process.env.ZIAN_DEBUG === '1' };
process.on('uncaughtException', (error) => process.exit(reportError(error, context)));
process.exitCode = await runDemo(process.argv.slice(2), context);
