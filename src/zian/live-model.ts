import { DeviceLostError, ZianError } from '../errors.js';
import { adapterKey } from '../graph/device.js';
import type { EngineDevice, KernelNode } from '../graph/index.js';
import type { DeviceSource } from './device-source.js';
import { type LoadedZian, type OpenNetwork, type PrepareOptions, prepareNetwork } from './prepare.js';

/** What fails because of a loss may fail before the loss is told. */
const LOSS_NEWS_MILLISECONDS = 500;

/** Work that needs the model on a device. */
export interface DeviceWork<T> {
  /** @param model on the device of the moment */
  run(model: LoadedZian): Promise<T>;
  /** Whether it can be done again; not where its input was lost with the device. */
  readonly repeatable: boolean;
  /** Throws once nobody waits for the result any more. */
  check?(): void;
}

/**
 * A model that outlives its device: where one is lost, another of the same adapter is opened, the model is made ready on
 * it with the same kernels, and the work is done again. One piece of work at a time.
 */
export class LiveModel {
  readonly network: OpenNetwork;
  readonly #devices: DeviceSource;
  readonly #repeats: number;
  readonly #end: () => void;
  /** What still counts when the model is made ready again; progress and abort were the load's. */
  readonly #later: Pick<PrepareOptions, 'submitBudgetMilliseconds'>;
  /** The last one that was ready; its device may be lost. */
  #model: LoadedZian;
  #destroyed = false;

  private constructor(
    network: OpenNetwork,
    devices: DeviceSource,
    repeats: number,
    end: () => void,
    model: LoadedZian,
    { submitBudgetMilliseconds }: PrepareOptions,
  ) {
    this.network = network;
    this.#devices = devices;
    this.#repeats = devices.renewable ? repeats : 0;
    this.#end = end;
    this.#later = { submitBudgetMilliseconds };
    this.#model = model;
  }

  /**
   * @param end called when the model is destroyed, not when loading fails
   * @throws as `prepareNetwork`; DeviceLostError when devices are lost more than `repeats` times
   */
  static async load(
    network: OpenNetwork,
    devices: DeviceSource,
    repeats: number,
    end: () => void,
    options: PrepareOptions,
  ): Promise<LiveModel> {
    for (let losses = 0; ; losses++) {
      options.signal?.throwIfAborted();
      const device = await devices.open();
      try {
        options.signal?.throwIfAborted();
        const model = await prepareNetwork(network, device, options);
        return new LiveModel(network, devices, repeats, end, model, options);
      } catch (error) {
        const loss = await lossBehind(error, device);
        devices.release(device);
        if (!loss) throw error;
        if (!devices.renewable || losses >= repeats) throw loss;
      }
    }
  }

  /** The model on the device of the moment, which may be lost. */
  get current(): LoadedZian {
    return this.#model;
  }

  /**
   * Does work on a device that is alive, and again on another one where it is lost meanwhile.
   * @throws DeviceLostError when it is lost more often than it may be, the work cannot be done again, or there is no other
   * device of the adapter; else what the work throws
   */
  async use<T>({ run, repeatable, check }: DeviceWork<T>): Promise<T> {
    for (let losses = 0; ; losses++) {
      const model = await this.#alive();
      check?.();
      try {
        return await run(model);
      } catch (error) {
        const loss = await lossBehind(error, model.device);
        if (!loss) throw error;
        if (losses >= this.#repeats) throw loss;
        // Also for work that cannot be repeated: the next call may be about something new.
        await this.#alive();
        if (!repeatable) throw loss;
      }
    }
  }

  /** Frees all that was made. May be called again. */
  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.#free();
    this.#end();
  }

  #free(): void {
    this.#model.executable.destroy();
    this.#devices.release(this.#model.device);
  }

  async #alive(): Promise<LoadedZian> {
    const { device, executable } = this.#model;
    const loss = device.loss;
    if (!loss || this.#repeats === 0 || this.#destroyed) return this.#model;
    const variants = new Map<KernelNode, string>(
      executable.steps.map((step) => [(step.single ?? step).node, step.variant.name]),
    );
    this.#free();
    const next = await this.#devices.open();
    try {
      if (adapterKey(next.report) !== adapterKey(device.report))
        throw new DeviceLostError(
          loss.reason,
          `${loss.message} The only other one is '${next.report.name}', whose results may differ: load the model again to take it.`,
        );
      this.#model = await prepareNetwork(this.network, next, { ...this.#later, variants });
    } catch (error) {
      this.#devices.release(next);
      throw (await lossBehind(error, next)) ?? error;
    }
    // Destroyed meanwhile, when this one was not there yet.
    if (this.#destroyed) this.#free();
    return this.#model;
  }
}

/** The loss of the device because of which something has failed; undefined where it failed for another reason. */
async function lossBehind(error: unknown, device: EngineDevice): Promise<DeviceLostError | undefined> {
  if (device.loss) return device.loss;
  if (error instanceof DeviceLostError) return error;
  const suspicious = !(error instanceof ZianError) || error.kind === 'device';
  await device.isLostWithin(suspicious ? LOSS_NEWS_MILLISECONDS : 0);
  return device.loss;
}
