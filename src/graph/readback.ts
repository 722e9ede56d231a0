import { deviceError } from '../errors.js';
import type { DType, Operand } from '../kernels/contract.js';
import { bytesPerElement, elementCount, gather } from '../kernels/layout.js';
import { float16ToFloat32 } from '../weights/float16.js';
import type { EngineDevice } from './device.js';
import { BufferUsage, MapMode } from './flags.js';
import type { OwnedBuffers } from './owned-buffers.js';

/** A mapping that fails with its device may do so before the loss itself is told. */
const LOSS_NEWS_MILLISECONDS = 500;

/** A tensor to read, and the buffer that it lies in. */
export interface Readable {
  readonly name: string;
  readonly buffer: GPUBuffer;
  readonly operand: Operand;
}

/** Brings results to the host through one staging buffer, which is kept for the next time. */
export class Readback {
  readonly #device: EngineDevice;
  readonly #owned: OwnedBuffers;
  #staging: GPUBuffer | undefined;

  constructor(device: EngineDevice, owned: OwnedBuffers) {
    this.#device = device;
    this.#owned = owned;
  }

  /**
   * Submits what the encoder holds, with a copy of these tensors behind it.
   * @returns their values in C order, by name, once all is done
   * @throws ZianError (device) when the device is lost or has reported an error
   */
  submit(encoder: GPUCommandEncoder, tensors: readonly Readable[]): Promise<Map<string, Float32Array>> {
    return this.submitAs(encoder, tensors, (count) => new Float32Array(count));
  }

  /** As `submit`, into arrays of another kind: integers above 2^24 need more than float32. */
  async submitAs<T extends Float32Array | Float64Array>(
    encoder: GPUCommandEncoder,
    tensors: readonly Readable[],
    empty: (count: number) => T,
  ): Promise<Map<string, T>> {
    const { gpu } = this.#device;
    if (tensors.length === 0) {
      gpu.queue.submit([encoder.finish()]);
      await this.#device.wait(gpu.queue.onSubmittedWorkDone());
      this.#device.assertAlive();
      return new Map();
    }
    let bytes = 0;
    const copies = tensors.map((tensor) => {
      const from = bytes;
      bytes += Math.ceil(tensor.buffer.size / 256) * 256;
      return { ...tensor, from };
    });
    // Where there is one already all is submitted before this returns its promise, so that the caller's work overlaps it.
    const staging =
      this.#staging && this.#staging.size >= bytes ? this.#staging : await this.#largerStaging(bytes);
    for (const { buffer, from } of copies) encoder.copyBufferToBuffer(buffer, 0, staging, from, buffer.size);
    gpu.queue.submit([encoder.finish()]);
    const mapped = await this.#map(staging, bytes);
    try {
      return new Map(
        copies.map(({ name, buffer, operand, from }) => {
          const scalars = decodeElements(mapped, from, buffer.size, operand.dtype);
          return [name, gather(scalars, operand, empty(elementCount(operand.shape)))];
        }),
      );
    } finally {
      staging.unmap();
    }
  }

  async #map(staging: GPUBuffer, bytes: number): Promise<ArrayBuffer> {
    try {
      await this.#device.wait(staging.mapAsync(MapMode.READ, 0, bytes));
    } catch (error) {
      await this.#device.isLostWithin(LOSS_NEWS_MILLISECONDS);
      this.#device.assertAlive();
      throw deviceError(`the results could not be read back from ${this.#device.report.name}.`, {
        cause: error,
      });
    }
    this.#device.assertAlive();
    return staging.getMappedRange(0, bytes);
  }

  async #largerStaging(bytes: number): Promise<GPUBuffer> {
    const usage = BufferUsage.COPY_DST | BufferUsage.MAP_READ;
    const larger = await this.#device.scoped(
      `reading ${bytes} bytes back (heat maps and stages take most; landmarks alone take a few hundred)`,
      () => this.#owned.create('staging', bytes, usage),
    );
    // Freed meanwhile: what would be submitted reads buffers that are no more.
    if (this.#owned.destroyed) {
      this.#owned.release(larger);
      throw new Error('the executable was destroyed');
    }
    if (this.#staging) this.#owned.release(this.#staging);
    this.#staging = larger;
    return larger;
  }
}

function decodeElements(mapped: ArrayBuffer, from: number, bytes: number, dtype: DType): ArrayLike<number> {
  const length = Math.floor(bytes / bytesPerElement(dtype));
  switch (dtype) {
    case 'f16':
      return float16ToFloat32(new Uint16Array(mapped, from, length));
    case 'u32':
      return new Uint32Array(mapped, from, length);
    case 'i32':
      return new Int32Array(mapped, from, length);
    default:
      return new Float32Array(mapped, from, length);
  }
}
