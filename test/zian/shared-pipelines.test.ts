import { expect, it } from 'vitest';
import { Zian } from '../../src/zian/zian.js';
import { spiedDevice } from '../graph/spied-device.js';
import { runModel } from '../support/model.js';
import { readRun } from '../support/runs.js';

it('a second model on a device compiles nothing that the first one did', async () => {
  const { device, calls } = await spiedDevice();
  const model = await runModel(readRun('narrow'));
  const first = await Zian.load({ model, device });
  const compiled = calls.pipelines.length;
  expect(compiled).toBeGreaterThan(20);
  first.destroy();
  const second = await Zian.load({ model, device });
  expect(calls.pipelines).toHaveLength(compiled);
  second.destroy();
});
