import { EngineDevice } from '../src/graph/index.js';
import { openDevice } from '../src/node/adapters.js';
import { patiently } from '../src/node/patience.js';
import { altered } from '../test/support/altered.js';

/** What is asked of a device, as far as a loss may come with it. */
export type DeviceCall = 'upload' | 'compile' | 'write' | 'submit' | 'map';

/** Hears of each call, and may lose the device. */
export type OnDeviceCall = (call: DeviceCall, lose: () => void) => void;

/** GPU objects that are there, by our own account: what was made less what was destroyed. */
export interface ObjectCounts {
  buffers: number;
  bufferBytes: number;
  textures: number;
  querySets: number;
  /** Pipelines, bind groups, layouts, shader modules: these have no end of their own, so all that were made. */
  bound: number;
  /** Encoders and passes that were made, and command buffers that were submitted: both go with the run. */
  submits: number;
}

const noObjects = (): ObjectCounts => ({
  buffers: 0,
  bufferBytes: 0,
  textures: 0,
  querySets: 0,
  bound: 0,
  submits: 0,
});

/** A device whose objects are counted and whose calls are told. */
export class WatchedDevice {
  readonly device: EngineDevice;
  readonly counts = noObjects();
  readonly #opened: EngineDevice;
  readonly #onCall: OnDeviceCall;

  constructor(opened: EngineDevice, onCall: OnDeviceCall = () => undefined) {
    this.#opened = opened;
    this.#onCall = onCall;
    const { name, backend, software } = opened.report;
    const hints = { name, backend, ...(software ? { wait: patiently } : {}) };
    this.device = EngineDevice.wrap(this.#watch(opened.gpu), undefined, hints);
  }

  /** Opens an adapter's device. */
  static async open(adapter: string, onCall?: OnDeviceCall): Promise<WatchedDevice> {
    return new WatchedDevice(await openDevice(adapter, { log: () => undefined }), onCall);
  }

  /** Loses the device, as a driver that restarts would. */
  lose(): void {
    this.#opened.gpu.destroy();
  }

  destroy(): void {
    // A listener that stays would keep the device's memory.
    this.device.destroy();
    this.#opened.destroy();
  }

  #tell(call: DeviceCall): void {
    this.#onCall(call, () => this.lose());
  }

  #watch(gpu: GPUDevice): GPUDevice {
    const { counts } = this;
    const made = <A extends readonly unknown[], T>(make: (...args: A) => T): ((...args: A) => T) => {
      return (...args) => {
        counts.bound++;
        return make(...args);
      };
    };
    const queue = altered(gpu.queue, {
      submit: (commands: GPUCommandBuffer[]) => {
        counts.submits++;
        gpu.queue.submit(commands);
        this.#tell('submit');
      },
      writeBuffer: (...args: Parameters<GPUQueue['writeBuffer']>) => {
        this.#tell('write');
        gpu.queue.writeBuffer(...args);
      },
    });
    return altered(gpu, {
      queue,
      createBuffer: (descriptor: GPUBufferDescriptor) => this.#buffer(gpu, descriptor),
      createTexture: (descriptor: GPUTextureDescriptor) => {
        counts.textures++;
        return ending(gpu.createTexture(descriptor), () => counts.textures--);
      },
      createQuerySet: (descriptor: GPUQuerySetDescriptor) => {
        counts.querySets++;
        return ending(gpu.createQuerySet(descriptor), () => counts.querySets--);
      },
      createShaderModule: made(gpu.createShaderModule.bind(gpu)),
      createBindGroup: made(gpu.createBindGroup.bind(gpu)),
      createBindGroupLayout: made(gpu.createBindGroupLayout.bind(gpu)),
      createPipelineLayout: made(gpu.createPipelineLayout.bind(gpu)),
      createComputePipeline: made(gpu.createComputePipeline.bind(gpu)),
      createComputePipelineAsync: (descriptor: GPUComputePipelineDescriptor) => {
        counts.bound++;
        const compiling = gpu.createComputePipelineAsync(descriptor);
        this.#tell('compile');
        return compiling;
      },
    });
  }

  #buffer(gpu: GPUDevice, descriptor: GPUBufferDescriptor): GPUBuffer {
    const { counts } = this;
    if (descriptor.mappedAtCreation) this.#tell('upload');
    const buffer = gpu.createBuffer(descriptor);
    counts.buffers++;
    counts.bufferBytes += descriptor.size;
    const map = buffer.mapAsync.bind(buffer);
    buffer.mapAsync = (...args) => {
      const mapping = map(...args);
      this.#tell('map');
      return mapping;
    };
    return ending(buffer, () => {
      counts.buffers--;
      counts.bufferBytes -= descriptor.size;
    });
  }
}

/** Calls `ended` when the resource is destroyed for the first time. */
function ending<T extends GPUBuffer | GPUTexture | GPUQuerySet>(resource: T, ended: () => void): T {
  const destroy = resource.destroy.bind(resource);
  let destroyed = false;
  resource.destroy = () => {
    if (!destroyed) ended();
    destroyed = true;
    return destroy();
  };
  return resource;
}
