import { EngineDevice } from '../../src/graph/device.js';
import { altered } from '../support/altered.js';
import { testDevice } from '../support/device.js';

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
