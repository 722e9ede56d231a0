import { usageError, ZianError } from '../errors.js';
import type { EngineDevice, Executable, MemoryReport, Timing } from '../graph/index.js';
import type { Architecture } from './architecture.js';
import type { ZianConfig } from './config.js';
import { forward } from './forward.js';
import { type Heatmaps, readHeatmaps } from './heatmaps.js';
import { runInstrumented } from './instrumented.js';
import { type TracedLayer, traceLayers } from './layer-trace.js';
import type { LiveModel } from './live-model.js';
import { loadModel, type ZianOptions } from './load.js';
import type { Localization } from './localization.js';
import { type LastPicture, locate } from './locate.js';
import { PendingImage } from './pending-image.js';
import type { ImageSource } from './picture/image-source.js';
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

/** How `Zian.localizeBatch` works. */
export interface LocalizeBatchOptions extends LocalizeOptions {
  /** Reads each image's heat maps as well. */
  readonly heatmaps?: boolean;
}

/** An image's result among others. */
export interface BatchLocalization extends Localization {
  /** Where they were asked for. */
  readonly heatmaps?: Heatmaps;
}

/** The last image that was localised, and the model on whose device its heat maps lie. */
interface LastRun extends LastPicture {
  readonly model: LoadedZian;
}

/** A ZIAN model on a device: finds one landmark per image. Calls made at the same time run one after the other. */
export class Zian {
  readonly config: ZianConfig;
  readonly architecture: Architecture;
  readonly metadata: Readonly<Record<string, string>>;
  readonly #live: LiveModel;
  readonly #queue = new WorkQueue();
  /** Images of calls that wait for their turn. */
  readonly #waiting = new Set<readonly PendingImage[]>();
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
    return this.#withImages([image], options.signal, async (model, images, check) => {
      const [result] = await this.#locate(model, images, { ...options, heatmaps: false }, check);
      if (result === undefined) throw new Error('the image has no result');
      if (result instanceof ZianError) throw result;
      return result;
    });
  }

  /**
   * Finds the landmarks of several images: `batch` of them (see `ZianOptions`) in each run of the network, an image and its
   * mirror image counting as two; the next images are read meanwhile. A last run of fewer takes as long as a full one.
   * Results are those of `localize`, to the last bit; `milliseconds` are an image's share.
   * @returns in the images' order what came of each: a ZianError (usage, input) where `localize` would throw one
   * @throws ZianError (usage) when the model was destroyed, (device) when memory is exhausted; DeviceLostError; `signal.reason`
   */
  localizeBatch(
    images: readonly ImageSource[],
    options: LocalizeBatchOptions = {},
  ): Promise<(BatchLocalization | ZianError)[]> {
    return this.#withImages(images, options.signal, (model, pending, check) =>
      this.#locate(model, pending, options, check),
    );
  }

  /** The heat maps of the last localised image. @throws DeviceLostError, also where they were lost with an image on the GPU */
  heatmaps(): Promise<Heatmaps> {
    return this.#afterRun(async (model, last) => {
      const [heatmaps] = await readHeatmaps(model, [last]);
      if (heatmaps === undefined) throw new Error('the image has heat maps');
      return heatmaps;
    });
  }

  /**
   * Every stage's result under the reference data's names (MODEL.md section 9), in its shapes and orders. Compiles a
   * graph of its own in which each stage is kept, so this is slow and takes more memory than `localize`.
   */
  stages(image: ImageSource, options: StagesOptions = {}): Promise<Map<string, Stage>> {
    const { mirror = false, signal } = options;
    return this.#withPixels(image, signal, (model, source) => runInstrumented(model, source, mirror, signal));
  }

  /**
   * Runs the network that `localize` runs layer by layer, and shows each layer with its operands: for finding a kernel or
   * driver that computes wrongly. Slow, since every layer is waited for.
   */
  trace(image: ImageSource, visit: (layer: TracedLayer) => Promise<void>): Promise<void> {
    return this.#withPixels(image, undefined, (model, source) => traceLayers(model, source, visit));
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
        await forward(model, [{ source: last.source, mirror: false }]);
        this.#last = { ...last, model, place: 0 };
      }
      return await read(model, this.#last ?? last);
    };
    return this.#queue.add((check) => this.#live.use({ run, repeatable: true, check }));
  }

  async #locate(
    model: LoadedZian,
    images: readonly PendingImage[],
    { flipTest = this.config.flipTest, refine, heatmaps = false }: LocalizeBatchOptions,
    check: () => void,
  ): Promise<(BatchLocalization | ZianError)[]> {
    const onLastRun = (): void => {
      const [next = []] = this.#waiting;
      for (const image of next.slice(0, model.batch)) image.readAhead(model);
    };
    const how = { flipTest, refine, heatmaps, check, onLastRun };
    const { results, last } = await locate(model, images, how);
    this.#last = last === undefined ? undefined : { ...last, model };
    return results.map((result) =>
      result instanceof ZianError
        ? result
        : {
            ...result.localization,
            ...(result.heatmaps === undefined ? {} : { heatmaps: result.heatmaps }),
          },
    );
  }

  /** As `#withImages`, for one, once it is read. */
  #withPixels<T>(
    image: ImageSource,
    signal: AbortSignal | undefined,
    work: (model: LoadedZian, source: SourcePixels) => Promise<T>,
  ): Promise<T> {
    return this.#withImages([image], signal, async (model, [pending], check) => {
      if (pending === undefined) throw new Error('there is an image');
      const { source } = await pending.read(model);
      check();
      return await work(model, source);
    });
  }

  /** Works on images when their turn comes, and frees what it took to read them. */
  #withImages<T>(
    images: readonly ImageSource[],
    signal: AbortSignal | undefined,
    work: (model: LoadedZian, images: readonly PendingImage[], check: () => void) => Promise<T>,
  ): Promise<T> {
    const early = signal?.aborted ? undefined : this.#live.current;
    const pending = images.map((image) => new PendingImage(image, early));
    const release = (): void => {
      for (const image of pending) image.release();
    };
    let begun = false;
    this.#waiting.add(pending);
    const result = this.#queue.add((check) => {
      this.#waiting.delete(pending);
      const run = async (model: LoadedZian): Promise<T> => {
        begun = true;
        try {
          return await work(model, pending, check);
        } finally {
          release();
        }
      };
      return this.#live.use({ run, repeatable: !pending.some(({ live }) => live), check });
    }, signal);
    // Work that is never begun does not free its pixels.
    result.catch(() => {
      this.#waiting.delete(pending);
      if (!begun) release();
    });
    return result;
  }
}
