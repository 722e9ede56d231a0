import { describe, expect, it } from 'vitest';
import { Executable, PipelineCache } from '../../src/graph/index.js';
import type { BuiltShader } from '../../src/kernels/shader.js';
import { spiedDevice } from './spied-device.js';
import { layered } from './support.js';

const shader = (value: number): BuiltShader => ({
  name: 'fill',
  code: `@group(0) @binding(0) var<storage, read_write> y: array<u32>;
@compute @workgroup_size(1) fn main() { y[0] = ${value}u; }`,
  access: ['read_write'],
});

describe('PipelineCache', () => {
  it('compiles each distinct shader once, also when it is asked for at the same time', async () => {
    const { device, calls } = await spiedDevice();
    const cache = new PipelineCache(device.gpu);
    const [a, b, other] = await Promise.all([
      cache.get(shader(1)),
      cache.get(shader(1)),
      cache.get(shader(2)),
    ]);
    expect(a.pipeline).toBe(b.pipeline);
    expect(a.pipeline).not.toBe(other.pipeline);
    expect((await cache.get(shader(1))).pipeline).toBe(a.pipeline);
    expect(calls.pipelines).toHaveLength(2);
    expect(cache.size).toBe(2);
  });

  it('makes one layout for shaders that bind alike', async () => {
    const { device } = await spiedDevice();
    const cache = new PipelineCache(device.gpu);
    expect((await cache.get(shader(1))).layout).toBe((await cache.get(shader(2))).layout);
  });

  it('is shared by the nodes of a graph, and by graphs', async () => {
    const { device, calls } = await spiedDevice();
    const pipelines = new PipelineCache(device.gpu);
    const test = layered((l, builder) => {
      let x = builder.input('x', [1, 8, 12, 12]);
      for (let i = 0; i < 6; i++) x = l.m.relu(l.conv(`conv${i}`, x, 8, { bias: true }));
      builder.output('y', x);
    });
    const options = { readWeight: test.readWeight, pipelines };
    const executables = [
      await Executable.compile(test.graph, device, options),
      await Executable.compile(test.graph, device, options),
    ];
    // Six convolutions and six activations: the first and the others have as many channels.
    expect(calls.pipelines).toHaveLength(2);
    expect(new Set(calls.pipelines).size).toBe(2);
    expect(executables[0]?.dispatchCount).toBe(12);
    for (const executable of executables) executable.destroy();
  });
});
