import {
  encodeDispatch,
  kernelLimits,
  type PreparedDispatch,
  prepareCall,
} from '../../src/graph/dispatch.js';
import { BufferUsage, MapMode } from '../../src/graph/flags.js';
import { PipelineCache } from '../../src/graph/pipelines.js';
import type { Kernel, Operand, RefTensor, Variant } from '../../src/kernels/contract.js';
import { elementCount, fromStorage } from '../../src/kernels/layout.js';
import { type DeviceTensors, decode } from './case-tensors.js';
import { denseOutput, inputBytes, outputBytes, type PlacedCall } from './placement.js';

const caches = new WeakMap<GPUDevice, PipelineCache>();
const cacheOf = (device: GPUDevice): PipelineCache => {
  const cache = caches.get(device) ?? new PipelineCache(device);
  caches.set(device, cache);
  return cache;
};

const STORAGE = BufferUsage.STORAGE | BufferUsage.COPY_DST | BufferUsage.COPY_SRC;

/** One variant of a kernel with its operands on the device, ready to be dispatched any number of times. */
export class PreparedKernel {
  readonly dispatches: readonly PreparedDispatch[];
  readonly #device: GPUDevice;
  readonly #what: string;
  readonly #placed: PlacedCall;
  readonly #buffers: Readonly<Record<string, GPUBuffer>>;
  readonly #owned: GPUBuffer[];

  private constructor(parts: {
    device: GPUDevice;
    what: string;
    placed: PlacedCall;
    buffers: Readonly<Record<string, GPUBuffer>>;
    owned: GPUBuffer[];
    dispatches: readonly PreparedDispatch[];
  }) {
    this.dispatches = parts.dispatches;
    this.#device = parts.device;
    this.#what = parts.what;
    this.#placed = parts.placed;
    this.#buffers = parts.buffers;
    this.#owned = parts.owned;
  }

  /** Uploads the inputs, fills the outputs with guards, compiles. */
  static async create(
    device: GPUDevice,
    kernel: Kernel,
    variant: Variant,
    inputs: DeviceTensors,
    placed: PlacedCall,
  ): Promise<PreparedKernel> {
    const { call } = placed;
    const owned: GPUBuffer[] = [];
    const buffers: Record<string, GPUBuffer> = {};
    const make = (bytes: number, usage: number): GPUBuffer => {
      const made = device.createBuffer({ size: Math.max(16, Math.ceil(bytes / 4) * 4), usage });
      owned.push(made);
      return made;
    };
    const upload = (contents: ArrayBufferView, usage: number): GPUBuffer => {
      const made = make(contents.byteLength, usage);
      device.queue.writeBuffer(made, 0, contents.buffer, contents.byteOffset, contents.byteLength);
      return made;
    };
    const what = `${kernel.name} (${variant.name})`;
    const fill = (): Promise<PreparedDispatch[]> => {
      const plan = variant.plan(call, kernelLimits(device));
      for (const [name, tensor] of Object.entries(inputs)) {
        const operand = call.inputs[name];
        if (operand)
          buffers[name] = upload(inputBytes(kernel, variant, name, tensor, operand, placed), STORAGE);
      }
      for (const [name, operand] of Object.entries(call.outputs))
        buffers[name] = upload(outputBytes(operand, placed), STORAGE);
      for (const [name, bytes] of Object.entries(plan.scratch ?? {}))
        buffers[name] = make(bytes, STORAGE | BufferUsage.INDIRECT);
      const uniform = (contents: Uint32Array): GPUBuffer =>
        upload(contents, BufferUsage.UNIFORM | BufferUsage.COPY_DST);
      const absent = make(256, STORAGE);
      return prepareCall(device, cacheOf(device), kernel, call, plan, buffers, uniform, absent, kernel.name);
    };
    try {
      const dispatches = await validated(device, what, fill);
      return new PreparedKernel({ device, what, placed, buffers, owned, dispatches });
    } catch (error) {
      for (const buffer of owned) buffer.destroy();
      throw error;
    }
  }

  /**
   * Runs once and reads every output.
   * @throws Error where WebGPU refuses the dispatch, or the kernel wrote outside its outputs or into padding lanes
   */
  async run(): Promise<Record<string, RefTensor>> {
    const readbacks = await validated(this.#device, this.#what, async () => this.#submit());
    const results: Record<string, RefTensor> = {};
    for (const { name, operand, to } of readbacks) {
      await to.mapAsync(MapMode.READ);
      const stored = decode(to.getMappedRange().slice(0), operand.dtype);
      to.destroy();
      const dense = denseOutput(`${this.#what}: ${name}`, stored, operand, this.#placed);
      const data = fromStorage(dense, operand.shape, new Float64Array(elementCount(operand.shape)));
      results[name] = { shape: operand.shape, data };
    }
    return results;
  }

  destroy(): void {
    for (const buffer of this.#owned) buffer.destroy();
    this.#owned.length = 0;
  }

  /** One run and the copies of its outputs, in one submit. */
  #submit(): readonly { name: string; operand: Operand; to: GPUBuffer }[] {
    const encoder = this.#device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (const dispatch of this.dispatches) encodeDispatch(pass, dispatch);
    pass.end();
    const readbacks = Object.entries(this.#placed.call.outputs).map(([name, operand]) => {
      const from = this.#buffers[name];
      if (!from) throw new Error(`no buffer for ${name}`);
      const to = this.#device.createBuffer({
        size: from.size,
        usage: BufferUsage.COPY_DST | BufferUsage.MAP_READ,
      });
      encoder.copyBufferToBuffer(from, 0, to, 0, from.size);
      return { name, operand, to };
    });
    this.#device.queue.submit([encoder.finish()]);
    return readbacks;
  }
}

/** Does some work whose calls WebGPU must accept. */
async function validated<T>(device: GPUDevice, what: string, work: () => Promise<T>): Promise<T> {
  device.pushErrorScope('validation');
  let result: T;
  try {
    result = await work();
  } catch (error) {
    await device.popErrorScope();
    throw error;
  }
  const invalid = await device.popErrorScope();
  if (invalid) throw new Error(`${what}: ${invalid.message}`);
  return result;
}
