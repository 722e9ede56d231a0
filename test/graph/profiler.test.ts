import { describe, expect, it } from 'vitest';
import { EngineDevice, Executable } from '../../src/graph/index.js';
import { altered } from '../support/altered.js';
import { testDevice } from '../support/device.js';
import { spiedDevice } from './spied-device.js';
import { compute, layered, writeInputs } from './support.js';

const chain = (length: number) =>
  layered((l, builder) => {
    let x = builder.input('x', [1, 4, 5, 5]);
    for (let i = 0; i < length; i++) x = l.m.activation(x, i % 2 ? 'relu' : 'sigmoid');
    builder.output('y', x);
  });

describe('profile', () => {
  it('times every dispatch, under its label and in running order', async () => {
    const device = await testDevice();
    if (!device.has('timestamp-query')) throw new Error(`${device.report.name} has no timestamps to test`);
    const test = layered((l, builder) => {
      const x = builder.input('x', [1, 8, 64, 64]);
      builder.output('y', l.m.relu(l.conv('conv', x, 32)));
    });
    const executable = await Executable.compile(test.graph, device, { readWeight: test.readWeight });
    const timings = await executable.profile();
    expect(timings.map(({ label }) => label.split(':')[0])).toEqual(['conv', 'conv.relu']);
    for (const { nanoseconds } of timings) {
      expect(nanoseconds).toBeGreaterThanOrEqual(0);
      expect(nanoseconds).toBeLessThan(60e9);
    }
    // A convolution of ten million multiply-adds takes time on any adapter.
    expect(timings[0]?.nanoseconds).toBeGreaterThan(0);
    executable.destroy();
  });

  it('computes the same, frees what it made, and leaves runs as they were', async () => {
    const { device, calls } = await spiedDevice();
    const test = chain(3);
    const executable = await Executable.compile(test.graph, device);
    writeInputs(executable, test.graph);
    const before = await executable.run(['y']);
    const made = calls.buffers.length;
    expect(await executable.profile()).toHaveLength(3);
    expect(calls.destroyed).toEqual(new Set(calls.buffers.slice(made)));
    expect(await executable.read(['y'])).toEqual(before);
    expect(await executable.run(['y'])).toEqual(before);
    expect(before).toEqual(await compute(test));
    executable.destroy();
    device.assertAlive();
  });

  it('has several query sets when there are more dispatches than one holds', async () => {
    const device = await testDevice();
    const executable = await Executable.compile(chain(2100).graph, device);
    const timings = await executable.profile();
    expect(timings).toHaveLength(2100);
    for (const { nanoseconds } of timings) expect(nanoseconds).toBeLessThan(60e9);
    device.assertAlive();
    executable.destroy();
  });

  it('is refused by name where there are no timestamp queries', async () => {
    const { gpu } = await testDevice();
    const device = EngineDevice.wrap(altered(gpu, { features: new Set() }));
    const executable = await Executable.compile(chain(1).graph, device);
    await expect(executable.profile()).rejects.toMatchObject({
      kind: 'device',
      message: expect.stringContaining('timestamp queries'),
    });
    executable.destroy();
  });
});
