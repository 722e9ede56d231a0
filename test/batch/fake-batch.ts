// The command as a process of its own, with real threads for images and an engine that only waits and counts pixels: for
// tests that kill it. Arguments: milliseconds per image, then the command line.
import { setTimeout } from 'node:timers/promises';
import { processStreams } from '../../src/cli/process-streams.js';
import { runCli } from '../../src/cli/run.js';
import { ImageWorkers } from '../../src/node/images/worker-pool.js';
import { fakeEngine } from '../cli/fake-engine.js';
import { landmarkOf } from './support.js';

const [pause = '0', ...args] = process.argv.slice(2);
const { openEngine } = fakeEngine({ localize: landmarkOf });
process.exitCode = await runCli(args, {
  streams: processStreams(),
  openEngine: async (options) => {
    const opened = await openEngine(options);
    const { localize } = opened.engine;
    const slow: typeof localize = async (image, more) => {
      await setTimeout(Number(pause));
      return await localize.call(opened.engine, image, more);
    };
    return { ...opened, engine: { ...opened.engine, localize: slow } };
  },
  openImageJobs: (threads) =>
    new ImageWorkers(new URL('./image-worker.js', import.meta.url), Math.max(1, threads)),
  version: '1.2.3-test',
  debug: true,
});
