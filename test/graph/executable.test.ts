import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, EngineDevice } from '../../src/graph/device.js';
import { type CompileProgress, Executable, optimize, PipelineCache } from '../../src/graph/index.js';
import { conv2d } from '../../src/kernels/conv2d/conv2d.js';
import { elementCount, toStorage } from '../../src/kernels/layout.js';
import { openDevice } from '../../src/node/adapters.js';
import { requestAdapter } from '../../src/node/dawn.js';
import { testDevice } from '../support/device.js';
import { referenceOutputs } from './reference.js';
import { spiedDevice } from './spied-device.js';
import {
  batchNorms,
  compute,
  distance,
  layered,
  sharedPipelines,
  type TestGraph,
  worstDistance,
  writeInputs,
} from './support.js';

/** Two outputs, a shared input, weights, several kernels and pipelines. */
const network = (): TestGraph =>
  layered((l, builder) => {
    const x = builder.input('x', [2, 3, 8, 8]);
    const stem = l.m.relu(l.batchNorm('bn', l.conv('conv', x, 6)));
    const down = l.conv('down', stem, 6, { stride: 2 });
    const up = l.m.resize('up', down, 8, 8, 'nearest');
    builder.output('stem', stem);
    builder.output('y', l.m.add(l.m.multiply(stem, l.m.sigmoid(up)), up));
  });

const OUTPUTS = ['stem', 'y'];

async function compiled(test: TestGraph, device: EngineDevice): Promise<Executable> {
  const executable = await Executable.compile(test.graph, device, { readWeight: test.readWeight });
  writeInputs(executable, test.graph);
  return executable;
}

describe('a run', () => {
  it('comes close to the float64 reference', async () => {
    const test = network();
    expect(worstDistance(await compute(test), await referenceOutputs(test)).distance).toBeLessThan(2e-6);
  });

  it('is one submit, and creates no buffer after the first one', async () => {
    const { device, calls } = await spiedDevice();
    const executable = await compiled(network(), device);
    expect(calls.submits).toBe(0);
    await executable.run(OUTPUTS);
    expect(calls.submits).toBe(1);
    const made = calls.buffers.length;
    for (let i = 0; i < 3; i++) await executable.run(OUTPUTS);
    await executable.run();
    expect(calls.submits).toBe(5);
    expect(calls.buffers).toHaveLength(made);
    executable.destroy();
  });

  it('gives the same bits again, and after other inputs came between', async () => {
    const test = network();
    const executable = await compiled(test, await testDevice());
    const first = await executable.run(OUTPUTS);
    expect(await executable.run(OUTPUTS)).toEqual(first);
    executable.write('x', new Float32Array(2 * 8 * 8 * 4).fill(0.5));
    expect(await executable.run(OUTPUTS)).not.toEqual(first);
    writeInputs(executable, test.graph);
    expect(await executable.run(OUTPUTS)).toEqual(first);
    executable.destroy();
  });

  it('leaves its outputs readable, in any choice and order', async () => {
    const executable = await compiled(network(), await testDevice());
    const first = await executable.run(['y']);
    expect([...first.keys()]).toEqual(['y']);
    const both = await executable.read(['y', 'stem']);
    expect(both.get('y')).toEqual(first.get('y'));
    expect(both.get('stem')).toEqual((await executable.run(['stem'])).get('stem'));
    expect(first.get('y')).toHaveLength(elementCount([2, 6, 8, 8]));
    executable.destroy();
  });

  it('reads inputs and views that are outputs, of every element type', async () => {
    const test = layered((l, builder) => {
      const x = builder.input('x', [1, 6, 2, 2]);
      builder.output('same', x);
      builder.output('tokens', builder.view('tokens', x, [1, 3, 6], 1));
      const integers = builder.input('integers', [3, 2], 'i32');
      builder.output('integers', integers);
      builder.output('counts', builder.input('counts', [5], 'u32'));
      builder.output('relu', l.m.relu(x));
    });
    const executable = await Executable.compile(test.graph, await testDevice());
    const values = Float32Array.from({ length: 24 }, (_, i) => i - 10);
    executable.write('x', toStorage(values, [1, 6, 2, 2], new Float32Array(32)));
    executable.write('integers', Int32Array.of(-1, 2, 0, 0, 3, -4, 0, 0, 5, 2147483520, 0, 0));
    executable.write('counts', Uint32Array.of(1, 2, 3, 4, 5));
    const results = await executable.run([...test.graph.outputs.keys()]);
    expect(results.get('same')).toEqual(values);
    expect(results.get('relu')).toEqual(values.map((v) => Math.max(v, 0)));
    expect([...(results.get('integers') ?? [])]).toEqual([-1, 2, 3, -4, 5, 2147483520]);
    expect([...(results.get('counts') ?? [])]).toEqual([1, 2, 3, 4, 5]);
    const tokens = [1, 2, 3].flatMap((pixel) => [0, 1, 2, 3, 4, 5].map((k) => values[k * 4 + pixel]));
    expect([...(results.get('tokens') ?? [])]).toEqual(tokens);
    executable.destroy();
  });

  it('packs a weight for each use by itself', async () => {
    // The same tensor as eight filters of four channels, and as two groups of four filters of four channels.
    const test = layered((_, builder) => {
      const weight = builder.data(
        'weight',
        Float32Array.from({ length: 32 }, (_, i) => Math.sin(i)),
        [8, 4, 1, 1],
      );
      const narrow = builder.input('narrow', [1, 4, 3, 3]);
      const wide = builder.input('wide', [1, 8, 3, 3]);
      builder.output('narrow', builder.apply(conv2d, 'narrow', { x: narrow, weight }, {}));
      builder.output('wide', builder.apply(conv2d, 'wide', { x: wide, weight }, { groups: 2 }));
    });
    expect(worstDistance(await compute(test), await referenceOutputs(test)).distance).toBeLessThan(1e-6);
  });

  it('runs on a device with the default limits', async () => {
    const { report } = await testDevice();
    const source = process.env.ZIAN_TEST_ADAPTER ? 'environment' : 'packaged';
    const adapter = await requestAdapter(source, report.name);
    if (!adapter) throw new Error(`${report.name} is gone`);
    const gpu = await adapter.requestDevice();
    const device = EngineDevice.wrap(gpu);
    expect(device.report.limits).toMatchObject(DEFAULT_LIMITS);
    const executable = await compiled(network(), device);
    expect(await executable.run(OUTPUTS)).toEqual(await compute(network()));
    device.assertAlive();
    executable.destroy();
    gpu.destroy();
  });
});

describe('what is asked for wrongly', () => {
  it('is told by name, and the executable still runs', async () => {
    const executable = await compiled(network(), await testDevice());
    const before = await executable.run(OUTPUTS);
    const bytes = 2 * 8 * 8 * 16;
    expect(() => executable.write('x', new Float32Array(bytes / 4 + 1))).toThrow(
      `input 'x' holds ${bytes} bytes, not ${bytes + 4}`,
    );
    expect(() => executable.write('z', new Float32Array(1))).toThrow("the graph has no input 'z'");
    await expect(executable.run(['z'])).rejects.toThrow("the graph has no output 'z'");
    await expect(executable.read(['stem', 'z'])).rejects.toThrow("the graph has no output 'z'");
    expect(await executable.run(OUTPUTS)).toEqual(before);
    executable.destroy();
  });

  it('is told when the executable was destroyed', async () => {
    const executable = await compiled(network(), await testDevice());
    executable.destroy();
    executable.destroy();
    await expect(executable.run(['y'])).rejects.toThrow('destroyed');
    await expect(executable.run()).rejects.toThrow('destroyed');
    await expect(executable.read(['y'])).rejects.toThrow('destroyed');
    expect(() => executable.write('x', new Float32Array(1))).toThrow('destroyed');
  });
});

describe('compiling', () => {
  it('reports its progress to the end', async () => {
    const seen: CompileProgress[] = [];
    const test = network();
    const cache = new PipelineCache((await testDevice()).gpu);
    const executable = await Executable.compile(test.graph, await testDevice(), {
      readWeight: test.readWeight,
      pipelines: cache,
      onProgress: (progress) => seen.push(progress),
    });
    const done = (stage: CompileProgress['stage']): number[] =>
      seen.filter((progress) => progress.stage === stage).map((progress) => progress.done);
    const weights = done('weights');
    expect(weights).toEqual(weights.map((_, i) => i + 1));
    // Shaders compile while weights are uploaded, so some may be done when they are first told of.
    const pipelines = done('pipelines');
    const first = pipelines[0] ?? Number.NaN;
    expect(pipelines).toEqual(pipelines.map((_, i) => first + i));
    expect(seen.at(-1)).toEqual({ stage: 'pipelines', done: cache.size, total: cache.size });
    expect(seen.findIndex(({ stage }) => stage === 'pipelines')).toBe(weights.length);
    executable.destroy();
  });

  it('stops when it is aborted, and frees what it had made', async () => {
    const test = network();
    const { device, calls } = await spiedDevice();
    const stop = new AbortController();
    const reason = new Error('enough');
    const seen: CompileProgress[] = [];
    const compiling = Executable.compile(test.graph, device, {
      readWeight: test.readWeight,
      signal: stop.signal,
      onProgress: (progress) => {
        seen.push(progress);
        if (progress.done === 2) stop.abort(reason);
      },
    });
    await expect(compiling).rejects.toBe(reason);
    expect(seen.at(-1)).toMatchObject({ stage: 'weights', done: 2 });
    expect(new Set(calls.buffers)).toEqual(calls.destroyed);
  });

  it('stops while shaders compile', async () => {
    const test = network();
    const cache = new PipelineCache((await testDevice()).gpu);
    const stop = new AbortController();
    const compiling = Executable.compile(test.graph, await testDevice(), {
      readWeight: test.readWeight,
      pipelines: cache,
      signal: stop.signal,
      onProgress: ({ stage }) => {
        if (stage === 'pipelines') stop.abort();
      },
    });
    await expect(compiling).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('reads each tensor once for each constant, and never two at a time', async () => {
    const test = network();
    let reading = 0;
    const asked: string[] = [];
    const executable = await Executable.compile(optimize(test.graph), await testDevice(), {
      readWeight: async (name) => {
        asked.push(name);
        reading += 1;
        await new Promise((resolve) => setTimeout(resolve, 1));
        const values = await test.readWeight(name);
        reading -= 1;
        expect(reading).toBeLessThanOrEqual(1);
        return values;
      },
    });
    expect(asked.filter((name) => name === 'conv.weight')).toHaveLength(1);
    executable.destroy();
  });

  it('counts its memory: what it made is what it reports, and slots are shared', async () => {
    const test = layered((l, builder) => {
      let x = builder.input('x', [1, 4, 16, 16]);
      for (let i = 0; i < 10; i++) x = l.m.relu(x);
      builder.output('y', x);
    });
    const { device, calls } = await spiedDevice();
    const executable = await compiled(test, device);
    const tensor = 16 * 16 * 16;
    expect(executable.memory).toEqual({ weights: 0, activations: 2 * tensor, inputsAndOutputs: 2 * tensor });
    const made = calls.buffers.reduce((sum, { size }) => sum + size, 0);
    expect(made).toBe(4 * tensor + 256);
    executable.destroy();
  });

  it('uploads a weight once however often it is used', async () => {
    const test = layered((l, builder) => {
      for (const name of ['a', 'b', 'c'])
        builder.output(name, l.conv('shared', builder.input(name, [1, 4, 5, 5]), 8, { bias: true }));
    });
    const executable = await compiled(test, await testDevice());
    expect(executable.memory.weights).toBe((8 * 4 * 9 + 8) * 4);
    executable.destroy();
  });

  it('lets the caller choose among the legal variants', async () => {
    const test = network();
    const asked = new Map<string, readonly string[]>();
    const executable = await Executable.compile(test.graph, await testDevice(), {
      readWeight: test.readWeight,
      pipelines: await sharedPipelines(),
      chooseVariant: (node, _, legal) => {
        asked.set(
          node.label,
          legal.map(({ name }) => name),
        );
        return legal.at(-1)?.name;
      },
    });
    for (const { node, variant } of executable.steps)
      expect(variant.name).toBe(asked.get(node.label)?.at(-1));
    expect(asked.get('conv')?.length).toBeGreaterThan(1);
    writeInputs(executable, test.graph);
    expect(worstDistance(await executable.run(OUTPUTS), await compute(test)).distance).toBeLessThan(2e-6);
    executable.destroy();
  });

  it('tells a kernel of which no variant fits', async () => {
    const test = layered((_, builder) => {
      const none = { ...conv2d, name: 'demanding', variants: [] };
      const weight = builder.data('weight', [1], [1, 1, 1, 1]);
      builder.output('y', builder.apply(none, 'layer', { x: builder.input('x', [1, 1, 1, 1]), weight }, {}));
    });
    await expect(Executable.compile(test.graph, await testDevice())).rejects.toThrow(
      'layer: no variant of demanding fits this device',
    );
  });

  it('works on images of one pixel', async () => {
    const test = layered((l, builder) => {
      const x = builder.input('x', [1, 1, 1, 1]);
      builder.output('y', l.m.relu(l.batchNorm('bn', l.conv('conv', x, 1, { kernel: 1 }))));
    });
    expect(batchNorms(optimize(test.graph))).toEqual([]);
    const [got] = (await compute({ ...test, graph: optimize(test.graph) })).values();
    const [want] = (await referenceOutputs(test)).values();
    expect(distance(got ?? [], want ?? [])).toBeLessThan(1e-6);
  });
});

describe('destroy', () => {
  it('frees all that it made, and only that', async () => {
    const { device, calls } = await spiedDevice();
    const pipelines = new PipelineCache(device.gpu);
    const test = network();
    const options = { readWeight: test.readWeight, pipelines };
    const first = await Executable.compile(test.graph, device, options);
    await first.run(['y']);
    await first.run(['y', 'stem']);
    const own = new Set(calls.buffers);
    const second = await Executable.compile(test.graph, device, options);
    writeInputs(second, test.graph);
    const before = await second.run(OUTPUTS);
    first.destroy();
    expect(calls.destroyed).toEqual(own);
    expect(await second.run(OUTPUTS)).toEqual(before);
    second.destroy();
    expect(calls.destroyed).toEqual(new Set(calls.buffers));
    device.assertAlive();
    (await testDevice()).assertAlive();
  });
});

describe('a device that is lost', () => {
  it('is told by run and read', async () => {
    const own = await openDevice(process.env.ZIAN_TEST_ADAPTER || 'software');
    const executable = await compiled(network(), own);
    await executable.run(OUTPUTS);
    const wrapped = EngineDevice.wrap(own.gpu);
    const other = await compiled(network(), wrapped);
    own.destroy();
    await expect(executable.run(OUTPUTS)).rejects.toMatchObject({
      kind: 'device',
      message: expect.stringContaining('was destroyed'),
    });
    // Destroyed behind its back, and in the middle of a run.
    const running = other.run(OUTPUTS);
    await expect(running).rejects.toMatchObject({ kind: 'device' });
    await wrapped.lost;
    await expect(other.run()).rejects.toMatchObject({ kind: 'device' });
    await expect(Promise.resolve().then(() => other.read(OUTPUTS))).rejects.toMatchObject({ kind: 'device' });
    executable.destroy();
    other.destroy();
  });
});
