import { EngineDevice } from '../../src/graph/device.js';
import { testDevice } from '../support/device.js';

/** An object of WebGPU's with some of its members replaced; the others are called on the object itself. */
export function altered<T extends object>(object: T, members: Readonly<Record<string, unknown>>): T {
  return new Proxy(object, {
    get: (target, name) => {
      if (typeof name === 'string' && name in members) return members[name];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** What was asked of a device. */
export interface Calls {
  readonly buffers: GPUBuffer[];
  readonly destroyed: Set<GPUBuffer>;
  readonly pipelines: string[];
  submits: number;
  openScopes: number;
}

/** The test device, watched; `members` replace more of it. Destroying it leaves the test device alone. */
export async function spiedDevice(
  members: Readonly<Record<string, unknown>> = {},
): Promise<{ readonly device: EngineDevice; readonly calls: Calls }> {
  const { gpu } = await testDevice();
  const calls: Calls = { buffers: [], destroyed: new Set(), pipelines: [], submits: 0, openScopes: 0 };
  const queue = altered(gpu.queue, {
    submit: (commands: GPUCommandBuffer[]) => {
      calls.submits += 1;
      gpu.queue.submit(commands);
    },
  });
  const spied = altered(gpu, {
    queue,
    createBuffer: (descriptor: GPUBufferDescriptor) => {
      const buffer = gpu.createBuffer(descriptor);
      const destroy = buffer.destroy.bind(buffer);
      buffer.destroy = () => {
        calls.destroyed.add(buffer);
        return destroy();
      };
      calls.buffers.push(buffer);
      return buffer;
    },
    createComputePipelineAsync: (descriptor: GPUComputePipelineDescriptor) => {
      calls.pipelines.push(descriptor.label ?? '');
      return gpu.createComputePipelineAsync(descriptor);
    },
    pushErrorScope: (filter: GPUErrorFilter) => {
      calls.openScopes += 1;
      gpu.pushErrorScope(filter);
    },
    popErrorScope: () => {
      calls.openScopes -= 1;
      return gpu.popErrorScope();
    },
    ...members,
  });
  return { device: EngineDevice.wrap(spied), calls };
}
