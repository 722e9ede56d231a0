import { describe, expect, it } from 'vitest';
import { ZianError } from '../../src/errors.js';
import { type EngineDevice, Executable, PipelineCache } from '../../src/graph/index.js';
import { vec4Plan } from '../../src/kernels/common/vec4-plan.js';
import type { Kernel } from '../../src/kernels/contract.js';
import { altered } from '../support/altered.js';
import { testDevice } from '../support/device.js';
import { spiedDevice } from './spied-device.js';
import { compute, layered, type TestGraph } from './support.js';

/** A kernel of one input and one output, `body` its shader. */
const kernelOf = (body: string): Kernel => ({
  name: 'custom',
  inputs: ['x'],
  outputs: ['y'],
  infer: ({ x }) => (x ? { y: x } : {}),
  cost: () => ({ flops: 0, bytes: 0 }),
  variants: [
    {
      name: 'plain',
      plan: ({ outputs }) =>
        outputs.y ? vec4Plan(outputs.y, { name: 'custom', body }, ['x', 'y']) : { dispatches: [] },
    },
  ],
});

const HEAD = `@group(0) @binding(0) var<storage, read> x: array<vec4<X_T>>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<Y_T>>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * ROW + id.x;
`;
const BROKEN = kernelOf(`${HEAD}  y[i] = undeclared_name;\n}\n`);

/** Convolutions of several pipelines with parameters of their own, one broken kernel among them. */
const withBroken = (): TestGraph =>
  layered((l, builder) => {
    const x = builder.input('x', [1, 3, 6, 6]);
    builder.output('broken', builder.apply(BROKEN, 'the broken one', { x }, {}));
    builder.output('gelu', l.m.gelu(l.conv('conv', x, 8)));
    builder.output('small', l.conv('small', x, 3, { stride: 2 }));
    builder.output('grouped', l.conv('grouped', x, 3, { groups: 3 }));
  });

const good = (): TestGraph =>
  layered((l, builder) => builder.output('y', l.m.relu(builder.input('x', [1, 4, 4, 4]))));

async function failure(test: TestGraph, device: EngineDevice, pipelines?: PipelineCache): Promise<unknown> {
  const options = { readWeight: test.readWeight, ...(pipelines ? { pipelines } : {}) };
  return await Executable.compile(test.graph, device, options).then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('a shader that does not compile', () => {
  it('is told by its name, with the line and what the compiler says of it', async () => {
    const error = await failure(withBroken(), await testDevice());
    expect(error).toBeInstanceOf(ZianError);
    expect(error).toMatchObject({ kind: 'device' });
    const { message } = error instanceof Error ? error : new Error('none');
    expect(message).toMatch(/^shader custom does not compile on this device: .*undeclared_name/);
    expect(message).toMatch(/\(line \d+:\d+: y\[i\] = undeclared_name;\)/);
    expect(message).not.toContain('\n');
  });

  it('leaves nothing behind: no buffer, no error scope, no error for others to find', async () => {
    const { device, calls } = await spiedDevice();
    expect(await failure(withBroken(), device)).toBeInstanceOf(ZianError);
    // Whatever was still on its way when the shader failed has settled by the next compile.
    const pipelines = new PipelineCache(device.gpu);
    const test = good();
    const executable = await Executable.compile(test.graph, device, { pipelines });
    await new Promise((resolve) => setTimeout(resolve, 200));
    executable.destroy();
    expect(new Set(calls.buffers)).toEqual(calls.destroyed);
    expect(calls.openScopes).toBe(0);
    device.assertAlive();
    (await testDevice()).assertAlive();
    await compute(good());
  });

  it('is not kept: the cache compiles it again', async () => {
    const { device, calls } = await spiedDevice();
    const pipelines = new PipelineCache(device.gpu);
    await failure(withBroken(), device, pipelines);
    const first = calls.pipelines.filter((name) => name === 'custom').length;
    const size = pipelines.size;
    expect(await failure(withBroken(), device, pipelines)).toMatchObject({
      message: expect.stringContaining('undeclared_name'),
    });
    expect(calls.pipelines.filter((name) => name === 'custom')).toHaveLength(first + 1);
    expect(pipelines.size).toBe(size);
  });
});

describe('a weight that cannot be read', () => {
  it('ends compiling with its error, and leaves nothing behind', async () => {
    const { device, calls } = await spiedDevice();
    const test = layered((l, builder) => {
      const x = builder.input('x', [1, 3, 4, 4]);
      builder.output('y', l.conv('second', l.conv('first', x, 4), 4));
    });
    const readWeight = async (name: string): Promise<Float32Array> => {
      if (name === 'second.weight') throw new Error('second.weight holds NaN');
      return await test.readWeight(name);
    };
    await expect(Executable.compile(test.graph, device, { readWeight })).rejects.toThrow(
      'second.weight holds NaN',
    );
    expect(calls.buffers.length).toBeGreaterThan(0);
    expect(new Set(calls.buffers)).toEqual(calls.destroyed);
    expect(calls.openScopes).toBe(0);
  });

  it('is told when there is no model', async () => {
    const test = layered((l, builder) =>
      builder.output('y', l.conv('conv', builder.input('x', [1, 3, 4, 4]), 4)),
    );
    await expect(Executable.compile(test.graph, await testDevice())).rejects.toThrow(
      "no model to read 'conv.weight' from",
    );
  });
});

describe('a tensor beyond the limits of the device', () => {
  const limited = async (smaller: Readonly<Record<string, number>>) => {
    const { gpu } = await testDevice();
    return await spiedDevice({ limits: altered(gpu.limits, smaller) });
  };

  it.each([{ maxStorageBufferBindingSize: 4096 }, { maxBufferSize: 4096 }])(
    'is refused by name before anything is allocated: %j',
    async (limits) => {
      const { device, calls } = await limited(limits);
      const test = layered((l, builder) => {
        const small = builder.input('x', [1, 4, 16, 16]);
        builder.output('y', l.m.resize('large', small, 16, 17, 'nearest'));
      });
      expect(await failure(test, device)).toMatchObject({
        kind: 'input',
        message: expect.stringMatching(/^'large' \[1, 4, 16, 17\] takes 4352 bytes; .* at most 4096: use /),
      });
      expect(calls.buffers).toEqual([]);
    },
  );

  it('a scratch buffer is refused before anything is allocated', async () => {
    const { device, calls } = await limited({ maxStorageBufferBindingSize: 4096 });
    const greedy: Kernel = {
      ...kernelOf(''),
      name: 'greedy',
      variants: [{ name: 'plain', plan: () => ({ dispatches: [], scratch: { partial: 8192 } }) }],
    };
    const test = layered((_, builder) =>
      builder.output('y', builder.apply(greedy, 'layer', { x: builder.input('x', [4]) }, {})),
    );
    const error = await failure(test, device);
    expect(error).toMatchObject({ kind: 'input', message: expect.stringMatching(/layer.*8192.*4096/) });
    expect(calls.buffers).toEqual([]);
  });

  it('a weight that outgrows its shape when it is packed is refused, and all is freed', async () => {
    const { device, calls } = await limited({ maxStorageBufferBindingSize: 16384 });
    // Two groups of 33 channels do not fill vec4s: the packed weight is block-diagonal, twice as large.
    const test = layered((l, builder) =>
      builder.output('y', l.conv('wide', builder.input('x', [1, 66, 2, 2]), 66, { kernel: 1, groups: 2 })),
    );
    const error = await failure(test, device);
    expect(error).toMatchObject({ kind: 'input', message: expect.stringMatching(/'wide\.weight'.*16384/) });
    expect(new Set(calls.buffers)).toEqual(calls.destroyed);
  });
});

describe('a device that is out of memory', () => {
  it.each(['slot 0', 'x', 'conv.weight'])('at %s is told, and all is freed', async (label) => {
    const { gpu } = await testDevice();
    const error = { message: 'fails to allocate.' };
    const open: GPUErrorFilter[] = [];
    let failing = false;
    const made: GPUBuffer[] = [];
    const destroyed = new Set<GPUBuffer>();
    const { device } = await spiedDevice({
      createBuffer: (descriptor: GPUBufferDescriptor) => {
        if (descriptor.label === label) failing = open.includes('out-of-memory');
        const buffer = gpu.createBuffer(descriptor);
        const destroy = buffer.destroy.bind(buffer);
        buffer.destroy = () => {
          destroyed.add(buffer);
          return destroy();
        };
        made.push(buffer);
        return buffer;
      },
      pushErrorScope: (filter: GPUErrorFilter) => {
        open.push(filter);
      },
      popErrorScope: async () => {
        if (open.pop() !== 'out-of-memory' || !failing) return null;
        failing = false;
        return error;
      },
    });
    const test = layered((l, builder) => {
      builder.output('y', l.m.relu(l.m.gelu(l.conv('conv', builder.input('x', [1, 3, 4, 4]), 4))));
    });
    expect(await failure(test, device)).toMatchObject({
      kind: 'device',
      name: 'OutOfMemoryError',
      message: expect.stringMatching(
        /out of memory.*fails to allocate\. The network takes \d+\.\d MB: \d+\.\d MB of weights and .* To make it fit, .*close what else uses the GPU/,
      ),
    });
    expect(open).toEqual([]);
    expect(made.length).toBeGreaterThan(0);
    expect(new Set(made)).toEqual(destroyed);
  });
});
