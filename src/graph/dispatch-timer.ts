import { encodeDispatch, type PreparedDispatch } from './dispatch.js';
import { BufferUsage, MapMode } from './flags.js';

/** Milliseconds of one repetition of some dispatches. */
export interface Sample {
  /** From the submit to the end of the GPU's work; the submit's own cost is shared among the repetitions. */
  readonly wall: number;
  /** Between the timestamps of the compute pass; undefined without usable timestamps. */
  readonly gpu: number | undefined;
}

/** Eight bytes for each of two timestamps. */
const STAMPS = 16;

/**
 * Times dispatches, many repetitions in one compute pass: a timestamp may be as coarse as 0.1 ms, and a submit costs as
 * much. Repetitions do not overlap, because each writes what the one before it wrote.
 */
export class DispatchTimer {
  readonly #device: GPUDevice;
  readonly #queries:
    | { readonly set: GPUQuerySet; readonly resolved: GPUBuffer; readonly staging: GPUBuffer }
    | undefined;

  constructor(device: GPUDevice) {
    this.#device = device;
    if (!device.features.has('timestamp-query')) return;
    this.#queries = {
      set: device.createQuerySet({ type: 'timestamp', count: 2 }),
      resolved: device.createBuffer({
        size: STAMPS,
        usage: BufferUsage.QUERY_RESOLVE | BufferUsage.COPY_SRC,
      }),
      staging: device.createBuffer({ size: STAMPS, usage: BufferUsage.COPY_DST | BufferUsage.MAP_READ }),
    };
  }

  /** Runs the dispatches, one after the other, `repeats` times. */
  async sample(dispatches: readonly PreparedDispatch[], repeats: number): Promise<Sample> {
    const queries = this.#queries;
    const encoder = this.#device.createCommandEncoder();
    const pass = encoder.beginComputePass(
      queries
        ? {
            timestampWrites: {
              querySet: queries.set,
              beginningOfPassWriteIndex: 0,
              endOfPassWriteIndex: 1,
            },
          }
        : {},
    );
    for (let i = 0; i < repeats; i++) for (const dispatch of dispatches) encodeDispatch(pass, dispatch);
    pass.end();
    if (queries) {
      encoder.resolveQuerySet(queries.set, 0, 2, queries.resolved, 0);
      encoder.copyBufferToBuffer(queries.resolved, 0, queries.staging, 0, STAMPS);
    }
    const commands = encoder.finish();
    const started = performance.now();
    this.#device.queue.submit([commands]);
    await this.#device.queue.onSubmittedWorkDone();
    const wall = (performance.now() - started) / repeats;
    if (!queries) return { wall, gpu: undefined };

    await queries.staging.mapAsync(MapMode.READ);
    const [begin = 0n, end = 0n] = new BigUint64Array(queries.staging.getMappedRange().slice(0));
    queries.staging.unmap();
    // WebGPU lets timestamps run backwards, e.g. where the GPU was reset or has changed its clock.
    return { wall, gpu: end > begin ? Number(end - begin) / 1e6 / repeats : undefined };
  }

  destroy(): void {
    this.#queries?.set.destroy();
    this.#queries?.resolved.destroy();
    this.#queries?.staging.destroy();
  }
}
