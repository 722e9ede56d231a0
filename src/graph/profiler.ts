import { encodeDispatch, type PreparedDispatch } from './dispatch.js';
import { BufferUsage, MapMode } from './flags.js';

/** Time that one dispatch took on the GPU. */
export interface Timing {
  readonly label: string;
  readonly nanoseconds: number;
}

/** WebGPU's limit of timestamps in one query set. */
const MOST_QUERIES = 4096;

/** Puts a timestamp before and after each dispatch, by giving it a compute pass of its own. */
export class Profiler {
  readonly #sets: GPUQuerySet[] = [];
  readonly #resolved: GPUBuffer;
  readonly #staging: GPUBuffer;

  constructor(device: GPUDevice, dispatches: number) {
    for (let left = 2 * dispatches; left > 0; left -= MOST_QUERIES)
      this.#sets.push(device.createQuerySet({ type: 'timestamp', count: Math.min(left, MOST_QUERIES) }));
    // Each set is resolved at a multiple of 256 bytes, as WebGPU demands: 4096 timestamps are 32 KiB.
    const size = Math.max(256, this.#sets.length * MOST_QUERIES * 8);
    this.#resolved = device.createBuffer({ size, usage: BufferUsage.QUERY_RESOLVE | BufferUsage.COPY_SRC });
    this.#staging = device.createBuffer({ size, usage: BufferUsage.COPY_DST | BufferUsage.MAP_READ });
  }

  encode(encoder: GPUCommandEncoder, dispatches: readonly PreparedDispatch[]): void {
    dispatches.forEach((dispatch, i) => {
      const querySet = this.#sets[Math.floor((2 * i) / MOST_QUERIES)];
      if (!querySet) throw new Error('the profiler was made for fewer dispatches');
      const first = (2 * i) % MOST_QUERIES;
      const pass = encoder.beginComputePass({
        label: dispatch.label,
        timestampWrites: { querySet, beginningOfPassWriteIndex: first, endOfPassWriteIndex: first + 1 },
      });
      encodeDispatch(pass, dispatch);
      pass.end();
    });
    this.#sets.forEach((set, i) => {
      encoder.resolveQuerySet(set, 0, set.count, this.#resolved, i * MOST_QUERIES * 8);
    });
    encoder.copyBufferToBuffer(this.#resolved, 0, this.#staging, 0, this.#staging.size);
  }

  /** The times of the run that was encoded last. */
  async read(dispatches: readonly PreparedDispatch[]): Promise<Timing[]> {
    await this.#staging.mapAsync(MapMode.READ);
    const stamps = new BigUint64Array(this.#staging.getMappedRange());
    const timings = dispatches.map(({ label }, i) => ({
      label,
      nanoseconds: Number((stamps[2 * i + 1] ?? 0n) - (stamps[2 * i] ?? 0n)),
    }));
    this.#staging.unmap();
    return timings;
  }

  destroy(): void {
    for (const set of this.#sets) set.destroy();
    this.#resolved.destroy();
    this.#staging.destroy();
  }
}
