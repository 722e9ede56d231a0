import { spawnSync } from 'node:child_process';
import { processStreams } from '../src/cli/process-streams.js';
import { reportError } from '../src/cli/report-error.js';
import { runSoak } from './run.js';

/**
 * Garbage has to be collected before memory is looked at. And glibc has an arena of memory for each thread: what comes and goes
 * in those of a driver's threads moves the resident set by 30 MB, where with one arena it stays within 2 MB.
 */
const QUIET = { MALLOC_ARENA_MAX: '1' };

if (globalThis.gc) {
  const context = { streams: processStreams(), debug: process.env.ZIAN_DEBUG === '1' };
  process.on('uncaughtException', (error) => process.exit(reportError(error, context)));
  process.exitCode = await runSoak(process.argv.slice(2), context);
} else {
  const [, script = '', ...args] = process.argv;
  const { status } = spawnSync(process.execPath, ['--expose-gc', script, ...args], {
    env: { ...process.env, ...QUIET },
    stdio: 'inherit',
  });
  process.exitCode = status ?? 70;
}
