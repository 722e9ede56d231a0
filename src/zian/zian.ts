import { deviceError, inputError } from '../errors.js';
import {
  type CompileProgress,
  type EngineDevice,
  Executable,
  type MemoryReport,
  type PassName,
  PipelineCache,
  type Timing,
} from '../graph/index.js';
import { chooseFrom, type TuningTable, tune } from '../tuning/index.js';
import { type ByteSource, openSafetensors, readAhead, type SafetensorsFile } from '../weights/index.js';
import type { Architecture } from './architecture.js';
import type { ZianConfig } from './config.js';
import { midpoint, type Point, type Rectangle, regionInImage, toImage, unmirror } from './coordinates.js';
import { finiteWeights } from './finite-weights.js';
import type { RgbaImage } from './image.js';
import { runInstrumented } from './instrumented.js';
import { ROI_SCALES } from './model/network.js';
import { modelGraph } from './model-graph.js';
import type { Heatmap } from './overlay.js';
import { writeSource } from './source.js';
import type { Stage } from './stages.js';

/** How far `Zian.load` is: kernels tuned (where that is wanted), weights uploaded, pipelines compiled. */
export interface LoadProgress extends Omit<CompileProgress, 'stage'> {
  readonly stage: 'tuning' | CompileProgress['stage'];
}

/** What `Zian.load` needs. */
export interface ZianOptions {
  /** A model file made by `zian convert`. */
  readonly model: ByteSource;
  readonly device: EngineDevice;
  /** Precision of weights and activations; sums, coordinates and heat maps are f32 in any case. Default f32. */
  readonly dtype?: 'f32' | 'f16';
  /** Called while kernels are tuned, weights uploaded and pipelines compiled. */
  readonly onProgress?: (progress: LoadProgress) => void;
  /**
   * Which kernel variants to take: those that the table says, after measuring for up to `budgetMilliseconds` (default 0)
   * what it does not have yet. Without it the defaults are taken.
   */
  readonly tuning?: { readonly table: TuningTable; readonly budgetMilliseconds?: number };
  /** Graph passes to leave out; for tests and measurements. */
  readonly withoutPasses?: readonly PassName[];
}

/** Where the landmark is, and how the network found it. */
export interface Localization {
  /** In 0-based pixels of the original image. */
  readonly landmark: Point;
  readonly coarse: Point;
  /** In the network's own pixels: peaks in heat-map pixels, centre and landmark in pixels of the cropped input. */
  readonly network: {
    readonly coarse: Point;
    readonly roiCenter: Point;
    readonly fine: Point;
    readonly landmark: Point;
  };
  /** The heat maps' largest values. */
  readonly peak: { readonly coarse: number; readonly fine: number };
  /** Their distances to the second-highest value. */
  readonly margin: { readonly coarse: number; readonly fine: number };
  readonly milliseconds: { readonly preprocess: number; readonly network: number };
  /** The regions that the fine stage saw, in pixels of the original image. */
  readonly rois: readonly Rectangle[];
}

/** Heat maps with their places in the picture; `fine` is absent for models of the coarse stage alone. */
export interface Heatmaps {
  readonly coarse: Heatmap;
  readonly fine?: Heatmap;
}

/** One forward pass, in network pixels. */
interface Forward {
  readonly coarse: Point;
  readonly roiCenter: Point;
  readonly fine: Point;
  readonly landmark: Point;
  readonly coarseLandmark: Point;
  readonly peak: Localization['peak'];
  readonly margin: Localization['margin'];
}

/** A ZIAN model on a device: finds one landmark per image. Calls made at the same time run one after the other. */
export class Zian {
  readonly config: ZianConfig;
  readonly architecture: Architecture;
  readonly metadata: Readonly<Record<string, string>>;
  readonly #device: EngineDevice;
  readonly #file: SafetensorsFile;
  readonly #name: string;
  readonly #dtype: 'f32' | 'f16';
  readonly #pipelines: PipelineCache;
  readonly #executable: Executable;
  #queue: Promise<unknown> = Promise.resolve();
  #last: { readonly image: RgbaImage; readonly forward: Forward } | undefined;

  private constructor(parts: {
    config: ZianConfig;
    architecture: Architecture;
    options: ZianOptions;
    file: SafetensorsFile;
    pipelines: PipelineCache;
    executable: Executable;
  }) {
    this.config = parts.config;
    this.architecture = parts.architecture;
    this.metadata = parts.file.metadata;
    this.#device = parts.options.device;
    this.#dtype = parts.options.dtype ?? 'f32';
    this.#name = parts.options.model.name;
    this.#file = parts.file;
    this.#pipelines = parts.pipelines;
    this.#executable = parts.executable;
  }

  /**
   * Opens a model file, checks it and makes it ready on the device.
   * @throws ZianError (input) when the file is no ZIAN model, lacks or misshapes a tensor, or holds NaN or infinity;
   * (device) when the device cannot run it
   */
  static async load(options: ZianOptions): Promise<Zian> {
    const { model, device, dtype = 'f32', onProgress } = options;
    if (dtype === 'f16' && !device.has('shader-f16'))
      throw deviceError(
        `The adapter '${device.report.name}' has no half-precision arithmetic (shader-f16); compute in f32, or choose another adapter.`,
      );
    const file = await openSafetensors(model);
    const { config, architecture, graph } = modelGraph(file, model.name, dtype, options.withoutPasses);
    const pipelines = new PipelineCache(device.gpu);
    // For this once: the blocks that are read ahead would otherwise stay in memory.
    const weights = await openSafetensors(readAhead(model));
    const { tuning } = options;
    if (tuning?.budgetMilliseconds)
      await tune(graph, device, tuning.table, {
        budgetMilliseconds: tuning.budgetMilliseconds,
        pipelines,
        onProgress: (done, total) => onProgress?.({ stage: 'tuning', done, total }),
      });
    const executable = await Executable.compile(graph, device, {
      ...(tuning ? { chooseVariant: chooseFrom(tuning.table) } : {}),
      readWeight: finiteWeights(weights, model.name),
      pipelines,
      ...(onProgress ? { onProgress } : {}),
    });
    return new Zian({ config, architecture, options, file, pipelines, executable });
  }

  /** Number of GPU dispatches of a forward pass. */
  get dispatchCount(): number {
    return this.#executable.dispatchCount;
  }

  /** GPU memory held, in bytes. */
  get memory(): MemoryReport {
    return this.#executable.memory;
  }

  /** The compiled graph, for profiles and benches. */
  get executable(): Executable {
    return this.#executable;
  }

  /**
   * Finds the landmark; with `flipTest` its average with the mirrored image's. The configuration's FLIP_TEST counts
   * unless it is given.
   * @throws ZianError (input) when a heat map has a NaN, (device) when the device is lost
   */
  localize(
    image: RgbaImage,
    { flipTest = this.config.flipTest }: { flipTest?: boolean } = {},
  ): Promise<Localization> {
    return this.#enqueue(async () => {
      const times = { preprocess: 0, network: 0 };
      // The mirrored run first, so that the heat maps left on the device are the image's own.
      const mirrored = flipTest ? await this.#forward(image, true, times) : undefined;
      const forward = await this.#forward(image, false, times);
      this.#last = { image, forward };
      const { coarse, roiCenter, fine, peak, margin } = forward;
      const average = (own: Point, other: Point | undefined): Point =>
        other ? midpoint(own, unmirror(other, this.config)) : own;
      const landmark = average(forward.landmark, mirrored?.landmark);
      const coarseLandmark = average(forward.coarseLandmark, mirrored?.coarseLandmark);
      return {
        landmark: toImage(landmark, image, this.config),
        coarse: toImage(coarseLandmark, image, this.config),
        network: { coarse, roiCenter, fine, landmark },
        peak,
        margin,
        milliseconds: times,
        rois: this.#roiScales.map((scale) => regionInImage(roiCenter, scale, image, this.config)),
      };
    });
  }

  /** The heat maps of the last localised image. */
  heatmaps(): Promise<Heatmaps> {
    return this.#enqueue(async () => {
      if (!this.#last) throw new Error('heat maps are there after localize');
      const { image, forward } = this.#last;
      const names = this.architecture.hrnetOnly ? ['heatmap_ds'] : ['heatmap_ds', 'heatmap_roi'];
      const maps = await this.#executable.read(names);
      const { cropSize, dsFactor, regionRadius } = this.config;
      const [width, height] = cropSize;
      const place = (name: string, w: number, h: number, first: Point, last: Point): Heatmap => {
        const a = toImage(first, image, this.config);
        const b = toImage(last, image, this.config);
        const data = maps.get(name) ?? new Float32Array();
        return { data, width: w, height: h, x0: a.x, y0: a.y, x1: b.x, y1: b.y };
      };
      const end = { x: width, y: height };
      const coarse = place('heatmap_ds', width / dsFactor, height / dsFactor, { x: 0, y: 0 }, end);
      if (this.architecture.hrnetOnly) return { coarse };
      const { x, y } = forward.roiCenter;
      const [first, last] = [-regionRadius, regionRadius].map((d) => ({ x: x + d, y: y + d }));
      const side = 2 * regionRadius;
      return { coarse, fine: place('heatmap_roi', side, side, first ?? end, last ?? end) };
    });
  }

  /**
   * Every stage's result under the reference data's names (MODEL.md section 9), in its shapes and orders. Compiles a
   * graph of its own in which each stage is kept, so this is slow and takes more memory than `localize`.
   */
  stages(image: RgbaImage, { mirror = false }: { mirror?: boolean } = {}): Promise<Map<string, Stage>> {
    return this.#enqueue(() =>
      runInstrumented(
        {
          config: this.config,
          architecture: this.architecture,
          file: this.#file,
          name: this.#name,
          device: this.#device,
          pipelines: this.#pipelines,
          dtype: this.#dtype,
        },
        image,
        mirror,
      ),
    );
  }

  /** GPU time of each dispatch of a forward pass over the last image; needs timestamp queries. */
  profile(): Promise<Timing[]> {
    return this.#enqueue(() => this.#executable.profile());
  }

  /** Frees what this model holds on the device. The device stays. */
  destroy(): void {
    this.#executable.destroy();
  }

  /** Scales of the regions in the order of `architecture.rois`. */
  get #roiScales(): number[] {
    return this.architecture.rois.map((roi) => ROI_SCALES[roi]);
  }

  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async #forward(
    image: RgbaImage,
    mirror: boolean,
    times: { preprocess: number; network: number },
  ): Promise<Forward> {
    const started = performance.now();
    writeSource(this.#executable, image, this.config, mirror);
    const written = performance.now();
    const names = this.architecture.hrnetOnly ? ['heatmap_ds'] : ['heatmap_ds', 'heatmap_roi'];
    const results = await this.#executable.run(names.flatMap((name) => [`${name}.index`, `${name}.value`]));
    times.preprocess += written - started;
    times.network += performance.now() - written;

    const peakOf = (name: string) => {
      const [x = 0, y = 0] = results.get(`${name}.index`) ?? [];
      const [highest = Number.NaN, second = Number.NaN] = results.get(`${name}.value`) ?? [];
      if (Number.isNaN(highest))
        throw inputError(
          `the ${name === 'heatmap_ds' ? 'coarse' : 'fine'} heat map holds NaN: ` +
            `${this.#name} does not work on this image${this.#dtype === 'f16' ? ' in f16; try --dtype f32' : ''}.`,
        );
      return { point: { x, y }, highest, margin: highest - second };
    };
    const { dsFactor, regionRadius } = this.config;
    const coarse = peakOf('heatmap_ds');
    const center = { x: coarse.point.x * dsFactor, y: coarse.point.y * dsFactor };
    const fine = this.architecture.hrnetOnly ? undefined : peakOf('heatmap_roi');
    return {
      coarse: coarse.point,
      roiCenter: center,
      fine: fine?.point ?? coarse.point,
      landmark: fine
        ? { x: fine.point.x + center.x - regionRadius, y: fine.point.y + center.y - regionRadius }
        : center,
      coarseLandmark: center,
      peak: { coarse: coarse.highest, fine: fine?.highest ?? coarse.highest },
      margin: { coarse: coarse.margin, fine: fine?.margin ?? coarse.margin },
    };
  }
}
