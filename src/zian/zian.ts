import { usageError } from '../errors.js';
import type { EngineDevice, Executable, MemoryReport, Timing } from '../graph/index.js';
import type { Architecture } from './architecture.js';
import type { ZianConfig } from './config.js';
import { type Forward, forward } from './forward.js';
import { type Heatmaps, readHeatmaps } from './heatmaps.js';
import { runInstrumented } from './instrumented.js';
import { type TracedLayer, traceLayers } from './layer-trace.js';
import type { LiveModel } from './live-model.js';
import { loadModel, type ZianOptions } from './load.js';
import { type Localization, localizationOf } from './localization.js';
import { type ImageSource, isLive } from './picture/image-source.js';
import type { LoadedZian } from './prepare.js';
import { abortable, WorkQueue } from './queue.js';
import type { Refinement } from './refine.js';
import type { SourcePixels } from './source.js';
import type { Stage } from './stages.js';

export type { OpenDevice } from './device-source.js';
export type { Heatmaps } from './heatmaps.js';
export type { LoadProgress, ZianOptions } from './load.js';
export type { Localization } from './localization.js';
export type { Refinement } from './refine.js';

/** How `Zian.localize` works. */
export interface LocalizeOptions {
  /** Average with the mirrored image's landmark; the configuration's FLIP_TEST counts unless it is given. */
  readonly flipTest?: boolean;
  /**
   * Places each peak between pixels, by a curve through it and its neighbours. The reference does not: its landmarks are
   * whole network pixels, which is the default.
   */
  readonly refine?: Refinement;
  /** Rejects the call at once; a run that is under way is finished, and its result dropped. */
  readonly signal?: AbortSignal;
}

/** How `Zian.stages` works. */
export interface StagesOptions {
  /** Of the mirrored image. */
  readonly mirror?: boolean;
  /** As for `localize`. */
  readonly signal?: AbortSignal;
}

/** The last image that was localised, and the model on whose device its heat maps lie. */
interface LastRun {
  readonly model: LoadedZian;
  readonly source: SourcePixels;
  readonly forward: Forward;
}

/** Pixels, and the model on whose device they lie where they lie on one. */
interface ReadPixels {
  readonly source: SourcePixels;
  readonly model: LoadedZian;
  readonly milliseconds: number;
}

/** A ZIAN model on a device: finds one landmark per image. Calls made at the same time run one after the other. */
export class Zian {
  readonly config: ZianConfig;
  readonly architecture: Architecture;
  readonly metadata: Readonly<Record<string, string>>;
  readonly #live: LiveModel;
  readonly #queue = new WorkQueue();
  #last: LastRun | undefined;

  private constructor(live: LiveModel) {
    const { config, architecture, file } = live.network;
    this.config = config;
    this.architecture = architecture;
    this.metadata = file.metadata;
    this.#live = live;
  }

  /**
   * Opens a model file, checks it and makes it ready on the device.
   * @throws ZianError (input) when the file cannot be read, is no ZIAN model, lacks or misshapes a tensor, or holds NaN
   * or infinity; (device) when there is no device or it cannot run the model; `signal.reason` when that is aborted
   */
  static async load(options: ZianOptions): Promise<Zian> {
    options.signal?.throwIfAborted();
    const loading = loadModel(options);
    try {
      return new Zian(await (options.signal ? abortable(loading, [options.signal]) : loading));
    } catch (error) {
      // Given up at the last moment.
      loading.then(
        (live) => live.destroy(),
        () => undefined,
      );
      throw error;
    }
  }

  /** What it computes on. Where that is lost and was not the caller's, the next call opens another one. */
  get device(): EngineDevice {
    return this.#live.current.device;
  }

  /** Number of GPU dispatches of a forward pass. */
  get dispatchCount(): number {
    return this.executable.dispatchCount;
  }

  /** GPU memory held, in bytes. */
  get memory(): MemoryReport {
    return this.executable.memory;
  }

  /** The compiled graph, for profiles and benches; another one after a lost device. */
  get executable(): Executable {
    return this.#live.current.executable;
  }

  /**
   * Finds the landmark; with `flipTest` its average with the mirrored image's.
   * @throws ZianError (input) when the image cannot be decoded or a heat map has a NaN, (usage) when it is no image or the
   * model was destroyed, (device) when memory is exhausted; DeviceLostError; `signal.reason` when that is aborted
   */
  localize(image: ImageSource, options: LocalizeOptions = {}): Promise<Localization> {
    const { flipTest = this.config.flipTest, refine, signal } = options;
    return this.#withPixels(image, signal, async ({ source, model, milliseconds }, check) => {
      const times = { preprocess: milliseconds, network: 0 };
      // The mirrored run first, so that the heat maps left on the device are the image's own.
      const mirrored = flipTest ? await forward(model, source, true, times, refine) : undefined;
      check();
      const own = await forward(model, source, false, times, refine);
      this.#last = { model, source, forward: own };
      return localizationOf(own, mirrored, source.size, this.config, this.architecture, times);
    });
  }

  /** The heat maps of the last localised image. @throws DeviceLostError, also where they were lost with an image on the GPU */
  heatmaps(): Promise<Heatmaps> {
    return this.#afterRun((model, { source, forward }) => readHeatmaps(model, source.size, forward));
  }

  /**
   * Every stage's result under the reference data's names (MODEL.md section 9), in its shapes and orders. Compiles a
   * graph of its own in which each stage is kept, so this is slow and takes more memory than `localize`.
   */
  stages(image: ImageSource, options: StagesOptions = {}): Promise<Map<string, Stage>> {
    const { mirror = false, signal } = options;
    return this.#withPixels(image, signal, ({ model, source }) =>
      runInstrumented(model, source, mirror, signal),
    );
  }

  /**
   * Runs the network that `localize` runs layer by layer, and shows each layer with its operands: for finding a kernel or
   * driver that computes wrongly. Slow, since every layer is waited for.
   */
  trace(image: ImageSource, visit: (layer: TracedLayer) => Promise<void>): Promise<void> {
    return this.#withPixels(image, undefined, ({ model, source }) => traceLayers(model, source, visit));
  }

  /** GPU time of each dispatch of a forward pass over the last image; needs timestamp queries. */
  profile(): Promise<Timing[]> {
    return this.#queue.add(() =>
      this.#live.use({ repeatable: true, run: ({ executable }) => executable.profile() }),
    );
  }

  /**
   * Frees all that this model has made, also the device if it was opened for it; a device that was given stays. Calls
   * that have not settled are rejected. May be called again.
   */
  destroy(): void {
    this.#queue.end(usageError('The model was destroyed; load it again.'));
    this.#live.destroy();
    this.#last = undefined;
  }

  /** What can be had of the last image's run, which is done again where its device was lost. */
  #afterRun<T>(read: (model: LoadedZian, last: LastRun) => Promise<T>): Promise<T> {
    const run = async (model: LoadedZian): Promise<T> => {
      const last = this.#last;
      if (!last) throw new Error('heat maps are there after localize');
      if (last.model !== model) {
        if (!(last.source.pixels instanceof Uint8Array)) last.model.device.assertAlive();
        await forward(model, last.source, false, { preprocess: 0, network: 0 });
        this.#last = { ...last, model };
      }
      return await read(model, last);
    };
    return this.#queue.add((check) => this.#live.use({ run, repeatable: true, check }));
  }

  /** Reads an image when its turn comes, or now if it may change until then, and frees what that took. */
  #withPixels<T>(
    image: ImageSource,
    signal: AbortSignal | undefined,
    work: (pixels: ReadPixels, check: () => void) => Promise<T>,
  ): Promise<T> {
    const read = async (model: LoadedZian): Promise<ReadPixels> => {
      const started = performance.now();
      const source = await model.reader.read(image);
      return { source, model, milliseconds: performance.now() - started };
    };
    const live = isLive(image);
    const early = live && !signal?.aborted ? read(this.#live.current) : undefined;
    let begun = false;
    const result = this.#queue.add((check) => {
      const run = async (model: LoadedZian): Promise<T> => {
        begun = true;
        const pixels = await (early ?? read(model));
        try {
          check();
          // Taken from an image that may have changed since, and lost with the device.
          if (pixels.model !== model) pixels.model.device.assertAlive();
          return await work(pixels, check);
        } finally {
          pixels.source.destroy();
        }
      };
      return this.#live.use({ run, repeatable: !live, check });
    }, signal);
    // Work that is never begun does not free its pixels. A failure to read them is told by the work.
    early?.then(
      ({ source }) => result.catch(() => (begun ? undefined : source.destroy())),
      () => undefined,
    );
    return result;
  }
}
