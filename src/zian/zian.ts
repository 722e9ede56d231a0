import { usageError } from '../errors.js';
import type { EngineDevice, Executable, MemoryReport, Timing } from '../graph/index.js';
import type { Architecture } from './architecture.js';
import type { ZianConfig } from './config.js';
import type { ImageSize } from './coordinates.js';
import { type Forward, forward } from './forward.js';
import { type Heatmaps, readHeatmaps } from './heatmaps.js';
import { runInstrumented } from './instrumented.js';
import { type LoadedZian, loadModel, type ZianOptions } from './load.js';
import { type Localization, localizationOf } from './localization.js';
import { type ImageSource, isLive } from './picture/image-source.js';
import { ImageReader } from './picture/reader.js';
import { abortable, WorkQueue } from './queue.js';
import type { Refinement } from './refine.js';
import type { SourcePixels } from './source.js';
import type { Stage } from './stages.js';

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

/** A ZIAN model on a device: finds one landmark per image. Calls made at the same time run one after the other. */
export class Zian {
  readonly config: ZianConfig;
  readonly architecture: Architecture;
  readonly metadata: Readonly<Record<string, string>>;
  readonly #model: LoadedZian;
  readonly #reader: ImageReader;
  readonly #queue = new WorkQueue();
  #last: { readonly size: ImageSize; readonly forward: Forward } | undefined;

  private constructor(model: LoadedZian) {
    this.config = model.config;
    this.architecture = model.architecture;
    this.metadata = model.file.metadata;
    this.#model = model;
    this.#reader = new ImageReader(model.device, model.config);
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
        ({ destroy }) => destroy(),
        () => undefined,
      );
      throw error;
    }
  }

  /** What it computes on. It is lost when `device.lost` settles; then load the model again, on another one. */
  get device(): EngineDevice {
    return this.#model.device;
  }

  /** Number of GPU dispatches of a forward pass. */
  get dispatchCount(): number {
    return this.executable.dispatchCount;
  }

  /** GPU memory held, in bytes. */
  get memory(): MemoryReport {
    return this.executable.memory;
  }

  /** The compiled graph, for profiles and benches. */
  get executable(): Executable {
    return this.#model.executable;
  }

  /**
   * Finds the landmark; with `flipTest` its average with the mirrored image's.
   * @throws ZianError (input) when the image cannot be decoded or a heat map has a NaN, (usage) when it is no image or the
   * model was destroyed, (device) when memory is exhausted; DeviceLostError; `signal.reason` when that is aborted
   */
  localize(image: ImageSource, options: LocalizeOptions = {}): Promise<Localization> {
    const { flipTest = this.config.flipTest, refine, signal } = options;
    return this.#withPixels(image, signal, async (source, milliseconds, check) => {
      const model = this.#model;
      const times = { preprocess: milliseconds, network: 0 };
      // The mirrored run first, so that the heat maps left on the device are the image's own.
      const mirrored = flipTest ? await forward(model, source, true, times, refine) : undefined;
      check();
      const own = await forward(model, source, false, times, refine);
      this.#last = { size: source.size, forward: own };
      return localizationOf(own, mirrored, source.size, this.config, this.architecture, times);
    });
  }

  /** The heat maps of the last localised image. */
  heatmaps(): Promise<Heatmaps> {
    return this.#queue.add(async () => {
      if (!this.#last) throw new Error('heat maps are there after localize');
      return await readHeatmaps(this.#model, this.#last.size, this.#last.forward);
    });
  }

  /**
   * Every stage's result under the reference data's names (MODEL.md section 9), in its shapes and orders. Compiles a
   * graph of its own in which each stage is kept, so this is slow and takes more memory than `localize`.
   */
  stages(image: ImageSource, options: StagesOptions = {}): Promise<Map<string, Stage>> {
    const { mirror = false, signal } = options;
    return this.#withPixels(image, signal, (source) => runInstrumented(this.#model, source, mirror, signal));
  }

  /** GPU time of each dispatch of a forward pass over the last image; needs timestamp queries. */
  profile(): Promise<Timing[]> {
    return this.#queue.add(() => this.executable.profile());
  }

  /**
   * Frees all that this model has made, also the device if it was opened for it; a device that was given stays. Calls
   * that have not settled are rejected. May be called again.
   */
  destroy(): void {
    this.#queue.end(usageError('The model was destroyed; load it again.'));
    this.#model.destroy();
  }

  /** Reads an image when its turn comes, or now if it may change until then, and frees what that took. */
  #withPixels<T>(
    image: ImageSource,
    signal: AbortSignal | undefined,
    work: (source: SourcePixels, milliseconds: number, check: () => void) => Promise<T>,
  ): Promise<T> {
    const read = async (): Promise<{ source: SourcePixels; milliseconds: number }> => {
      const started = performance.now();
      const source = await this.#reader.read(image);
      return { source, milliseconds: performance.now() - started };
    };
    const early = isLive(image) && !signal?.aborted ? read() : undefined;
    let begun = false;
    const result = this.#queue.add(async (check) => {
      begun = true;
      const { source, milliseconds } = await (early ?? read());
      try {
        check();
        return await work(source, milliseconds, check);
      } finally {
        source.destroy();
      }
    }, signal);
    // Work that is never begun does not free its pixels. A failure to read them is told by the work.
    early?.then(
      ({ source }) => result.catch(() => (begun ? undefined : source.destroy())),
      () => undefined,
    );
    return result;
  }
}
