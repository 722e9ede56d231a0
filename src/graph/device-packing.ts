import type { ConstantRows, Dispatch } from '../kernels/contract.js';
import { buildShader } from '../kernels/shader.js';
import type { EngineDevice } from './device.js';
import { BufferUsage } from './flags.js';
import type { OwnedBuffers } from './owned-buffers.js';
import type { PipelineCache } from './pipelines.js';

/** Neighbouring rows that lie one after the other in what was read, so that they are uploaded at once. */
export function* rowRuns({ rowLength, sources, starts }: ConstantRows): Generator<Float32Array> {
  let first = 0;
  for (let row = 1; row <= sources.length; row++) {
    const [source, start = 0] = [sources[first], starts[first]];
    const expected = start + (row - first) * rowLength;
    if (row < sources.length && sources[row] === source && starts[row] === expected) continue;
    if (source) yield source.subarray(start, expected);
    first = row;
  }
}

/**
 * Has variants pack constants on the device: their values are uploaded as they were read, into one buffer that all
 * share, since the queue takes its turn at each write and dispatch.
 */
export class DevicePacking {
  readonly #device: EngineDevice;
  readonly #owned: OwnedBuffers;
  readonly #pipelines: PipelineCache;
  #rows: GPUBuffer | undefined;
  #parameters: GPUBuffer | undefined;

  constructor(device: EngineDevice, owned: OwnedBuffers, pipelines: PipelineCache) {
    this.#device = device;
    this.#owned = owned;
    this.#pipelines = pipelines;
  }

  /**
   * @param bytes of the result
   * @returns the packed constant, owned by the executable
   * @throws ZianError (input) when it is larger than the device can bind, (device) when memory is exhausted
   */
  async pack(label: string, rows: ConstantRows, bytes: number, dispatch: Dispatch): Promise<GPUBuffer> {
    const shader = buildShader(dispatch, {});
    const { parameters } = shader;
    if (!parameters || 'indirect' in dispatch.workgroups)
      throw new Error(`${shader.name} has no parameters, or no workgroup counts of its own`);
    const [x, y, z] = dispatch.workgroups;
    const { pipeline, layout } = await this.#pipelines.get(shader);
    this.#owned.checkBinding(`'${label}'`, bytes);
    return await this.#device.scoped(`packing ${label}`, () => {
      const { gpu } = this.#device;
      const packed = this.#owned.create(label, bytes, BufferUsage.STORAGE | BufferUsage.COPY_SRC);
      this.#parameters = this.#atLeast(this.#parameters, parameters.byteLength, BufferUsage.UNIFORM);
      gpu.queue.writeBuffer(this.#parameters, 0, parameters.slice());
      this.#rows = this.#write(rows);
      const resources = [this.#rows, packed, this.#parameters];
      const bindGroup = gpu.createBindGroup({
        label: `packing ${label}`,
        layout,
        entries: resources.map((buffer, binding) => ({ binding, resource: { buffer } })),
      });
      const encoder = gpu.createCommandEncoder();
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindGroup);
      pass.dispatchWorkgroups(x, y, z);
      pass.end();
      gpu.queue.submit([encoder.finish()]);
      return packed;
    });
  }

  /** Frees what was needed for packing; the queue finishes with it first. */
  destroy(): void {
    for (const buffer of [this.#rows, this.#parameters]) if (buffer) this.#owned.release(buffer);
    this.#rows = undefined;
    this.#parameters = undefined;
  }

  #write(rows: ConstantRows): GPUBuffer {
    const { queue } = this.#device.gpu;
    const count = rows.sources.length;
    const buffer = this.#atLeast(this.#rows, 4 * count * (1 + rows.rowLength), BufferUsage.STORAGE);
    queue.writeBuffer(buffer, 0, Float32Array.from(rows.factors));
    let at = 4 * count;
    for (const { buffer: from, byteOffset, byteLength } of rowRuns(rows)) {
      queue.writeBuffer(buffer, at, from, byteOffset, byteLength);
      at += byteLength;
    }
    return buffer;
  }

  #atLeast(buffer: GPUBuffer | undefined, bytes: number, usage: number): GPUBuffer {
    if (buffer && buffer.size >= bytes) return buffer;
    if (buffer) this.#owned.release(buffer);
    return this.#owned.create('packing', bytes, usage | BufferUsage.COPY_DST);
  }
}
