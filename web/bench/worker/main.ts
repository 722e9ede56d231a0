import { FULL, QUICK } from '../../../bench/effort.js';
import { benchCase, selectCases } from '../../../bench/kernels.js';
import { benchModel } from '../../../bench/model.js';
import { measureRoofline } from '../../../bench/roofline/measure.js';
import type { EngineDevice } from '../../../src/graph/device.js';
import { suites } from '../../../src/kernels/suites.js';
import { requestDevice } from '../../../src/web/request-device.js';
import { bytesSource } from '../../../src/weights/index.js';
import type { Run } from '../../../test/support/run.js';
import type { BenchMessage, BenchRequest } from '../../shared/bench-messages.js';

const post = (message: BenchMessage): void => self.postMessage(message);

async function fetched(path: string): Promise<Response> {
  const response = await fetch(path);
  if (!response.ok)
    throw new Error(`${path} could not be fetched: the page's host answered ${response.status}.`);
  return response;
}

async function runModel(device: EngineDevice, name: string, runs: number): Promise<void> {
  const path = `bench/${name}.safetensors`;
  // Written by the build from the test fixtures.
  const run: Run = await (await fetched(`bench/${name}.json`)).json();
  const tensors = bytesSource(path, new Uint8Array(await (await fetched(path)).arrayBuffer()));
  const note = (line: string): void => post({ note: line, done: 0, total: 0 });
  post({ model: await benchModel(device, { run, tensors, runs, note }) });
}

async function bench({ kernels, model, quick }: BenchRequest): Promise<void> {
  const effort = quick ? QUICK : FULL;
  const cases = kernels === undefined ? [] : selectCases(suites, kernels);
  const device = await requestDevice();
  try {
    post({ device: device.report });
    if (cases.length > 0) {
      post({ note: 'What the GPU can do at most', done: 0, total: 0 });
      post({ roofline: await measureRoofline(device, effort.kernels) });
    }
    for (const [i, found] of cases.entries()) {
      const name = `${found.suite.kernel.name}, ${found.record.name}`;
      post({ note: name, done: i, total: cases.length });
      post({ kernel: await benchCase(device, found, effort.kernels) });
    }
    if (model) await runModel(device, model, effort.modelRuns);
    post({ done: true });
  } finally {
    device.destroy();
  }
}

// What comes is what the bench page sends: same origin, same build.
self.addEventListener('message', ({ data }) => {
  bench(data).catch((error: unknown) => {
    post({ failed: error instanceof Error ? error.message : String(error) });
  });
});
