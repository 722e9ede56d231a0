import { inputError, OutOfMemoryError } from '../errors.js';
import type { EngineDevice } from './device.js';
import { BufferUsage } from './flags.js';

/** The GPU buffers that one executable makes and frees. Sizes are checked before the device is asked. */
export class OwnedBuffers {
  readonly #device: EngineDevice;
  readonly #buffers = new Set<GPUBuffer>();
  #destroyed = false;

  constructor(device: EngineDevice) {
    this.#device = device;
  }

  /** @throws ZianError (input) when the device has no buffers of that size */
  create(label: string, bytes: number, usage: number): GPUBuffer {
    this.#check(label, bytes, this.#device.report.limits.maxBufferSize);
    const buffer = this.#device.gpu.createBuffer({ label, size: bytes, usage });
    this.#buffers.add(buffer);
    return buffer;
  }

  /** A storage buffer that begins its life with what `fill` writes to its bytes, which are zeros before. */
  upload(label: string, bytes: number, fill: (to: ArrayBuffer) => void): GPUBuffer {
    const usage = BufferUsage.STORAGE | BufferUsage.COPY_DST;
    // Beyond the limits this would take the host's memory before the device could refuse.
    this.checkBinding(`'${label}'`, bytes);
    const buffer = this.#mapped(label, bytes, usage);
    this.#buffers.add(buffer);
    fill(buffer.getMappedRange());
    buffer.unmap();
    return buffer;
  }

  /**
   * @param what for the message
   * @throws ZianError (input) when the device cannot bind so many bytes as one storage buffer
   */
  checkBinding(what: string, bytes: number): void {
    const { maxStorageBufferBindingSize, maxBufferSize } = this.#device.report.limits;
    this.#check(what, bytes, Math.min(maxStorageBufferBindingSize, maxBufferSize));
  }

  /** Frees one buffer. */
  release(buffer: GPUBuffer): void {
    if (this.#buffers.delete(buffer)) buffer.destroy();
  }

  /** Whether they are freed. */
  get destroyed(): boolean {
    return this.#destroyed;
  }

  /** Frees all buffers. May be called again. */
  destroy(): void {
    this.#destroyed = true;
    for (const buffer of this.#buffers) buffer.destroy();
    this.#buffers.clear();
  }

  /** WebGPU throws a RangeError where the host has no memory for the mapping. */
  #mapped(label: string, size: number, usage: number): GPUBuffer {
    try {
      return this.#device.gpu.createBuffer({ label, size, usage, mappedAtCreation: true });
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      throw new OutOfMemoryError(`There is no memory for the ${size} bytes of '${label}'.`, { cause });
    }
  }

  #check(what: string, bytes: number, most: number): void {
    if (bytes > most)
      throw inputError(
        `${what} takes ${bytes} bytes; ${this.#device.report.name} holds at most ${most}: use a smaller image or region size${this.#device.has('shader-f16') ? ', or half precision (dtype f16)' : ''}.`,
      );
  }
}
