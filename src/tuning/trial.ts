import type { EngineDevice } from '../graph/device.js';
import { encodeDispatch, kernelLimits, type PreparedDispatch, prepareCall } from '../graph/dispatch.js';
import { writeElements } from '../graph/elements.js';
import { BufferUsage } from '../graph/flags.js';
import { OwnedBuffers } from '../graph/owned-buffers.js';
import type { PipelineCache } from '../graph/pipelines.js';
import { type Readable, Readback } from '../graph/readback.js';
import type { Call, Kernel, Variant } from '../kernels/contract.js';
import { bytesPerElement } from '../kernels/layout.js';
import { placedBytes, trialValues } from './call-tensors.js';

const STORAGE = BufferUsage.STORAGE | BufferUsage.COPY_SRC | BufferUsage.COPY_DST | BufferUsage.INDIRECT;

/** One variant of a call, compiled, with operands of its own on the device. */
export class Trial {
  readonly variant: Variant;
  readonly dispatches: readonly PreparedDispatch[];
  readonly #device: EngineDevice;
  readonly #owned: OwnedBuffers;
  readonly #outputs: readonly Readable[];

  private constructor(
    variant: Variant,
    dispatches: readonly PreparedDispatch[],
    device: EngineDevice,
    owned: OwnedBuffers,
    outputs: readonly Readable[],
  ) {
    this.variant = variant;
    this.dispatches = dispatches;
    this.#device = device;
    this.#owned = owned;
    this.#outputs = outputs;
  }

  /** @throws ZianError (device) when a shader does not compile or memory is exhausted, (input) when a tensor is too large */
  static async create(
    device: EngineDevice,
    pipelines: PipelineCache,
    kernel: Kernel,
    variant: Variant,
    call: Call,
  ): Promise<Trial> {
    const owned = new OwnedBuffers(device);
    try {
      const plan = variant.plan(call, kernelLimits(device.gpu));
      const uniforms: { readonly buffer: GPUBuffer; readonly contents: Uint32Array<ArrayBuffer> }[] = [];
      const buffers = await device.scoped(`trying ${kernel.name}`, () =>
        createBuffers(owned, kernel, variant, call, plan.scratch ?? {}),
      );
      const uniform = (contents: Uint32Array): GPUBuffer => {
        const usage = BufferUsage.UNIFORM | BufferUsage.COPY_DST;
        const buffer = owned.create('trial: parameters', contents.byteLength, usage);
        uniforms.push({ buffer, contents: contents.slice() });
        return buffer;
      };
      const absent = owned.create('trial: absent operands', 256, BufferUsage.STORAGE);
      const dispatches = await device.wait(
        prepareCall(device.gpu, pipelines, kernel, call, plan, buffers, uniform, absent, kernel.name),
      );
      for (const { buffer, contents } of uniforms) device.gpu.queue.writeBuffer(buffer, 0, contents);
      const outputs = Object.entries(call.outputs).flatMap(([name, operand]) => {
        const buffer = buffers[name];
        return buffer ? [{ name, operand, buffer }] : [];
      });
      return new Trial(variant, dispatches, device, owned, outputs);
    } catch (error) {
      owned.destroy();
      throw error;
    }
  }

  /** Runs once. @returns each output's values, in C order */
  run(): Promise<Map<string, Float32Array>> {
    const encoder = this.#device.gpu.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (const dispatch of this.dispatches) encodeDispatch(pass, dispatch);
    pass.end();
    return new Readback(this.#device, this.#owned).submit(encoder, this.#outputs);
  }

  destroy(): void {
    this.#owned.destroy();
  }
}

function createBuffers(
  owned: OwnedBuffers,
  kernel: Kernel,
  variant: Variant,
  call: Call,
  scratch: Readonly<Record<string, number>>,
): Record<string, GPUBuffer> {
  const whole = (bytes: number): number => Math.max(16, Math.ceil(bytes / 16) * 16);
  const inputs = Object.entries(call.inputs).map(([name, operand]) => {
    const values = trialValues(kernel, variant, name, operand, call);
    const bytes = whole(values.length * bytesPerElement(operand.dtype));
    const fill = (to: ArrayBuffer): void => writeElements(values, operand.dtype, to);
    return [name, owned.upload(`trial: ${name}`, bytes, fill)] as const;
  });
  const outputs = Object.entries(call.outputs).map(
    ([name, operand]) =>
      [name, owned.create(`trial: ${name}`, whole(placedBytes(operand)), STORAGE)] as const,
  );
  const extra = Object.entries(scratch).map(
    ([name, bytes]) => [name, owned.create(`trial: ${name}`, whole(bytes), STORAGE)] as const,
  );
  return Object.fromEntries([...inputs, ...outputs, ...extra]);
}
