import { inputError } from '../errors.js';
import {
  type CompileProgress,
  type EngineDevice,
  Executable,
  GraphBuilder,
  type MemoryReport,
  optimize,
  type PassName,
  PipelineCache,
  type ReadWeight,
  type Timing,
} from '../graph/index.js';
import { type ByteSource, openSafetensors, type SafetensorsFile } from '../weights/index.js';
import type { Architecture } from './architecture.js';
import { checkStateDict } from './check-state-dict.js';
import type { ZianConfig } from './config.js';
import { midpoint, type Point, type Rectangle, regionInImage, toImage, unmirror } from './coordinates.js';
import type { RgbaImage } from './image.js';
import { Network } from './model/network.js';
import type { RecordStage, TokenOrder } from './model/record.js';
import { parseModelMetadata } from './model-file.js';
import type { Heatmap } from './overlay.js';
import { writeSource } from './source.js';
import { attentionScores, reorderTokens, type Stage } from './stages.js';

/** What `Zian.load` needs. */
export interface ZianOptions {
  /** A model file made by `zian convert`. */
  readonly model: ByteSource;
  readonly device: EngineDevice;
  /** Precision of weights and activations; sums, coordinates and heat maps are f32 in any case. Default f32. */
  readonly dtype?: 'f32' | 'f16';
  /** Called while weights are uploaded and pipelines compiled. */
  readonly onProgress?: (progress: CompileProgress) => void;
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
    const file = await openSafetensors(model);
    const { config } = parseModelMetadata(file.metadata, model.name);
    const shapes = new Map([...file.tensors].map(([name, { shape }]) => [name, shape]));
    const architecture = checkStateDict(config, shapes, model.name);

    const builder = new GraphBuilder({ weights: shapes, dtype });
    new Network(builder, config, architecture, (_, value) => value).build();
    const pipelines = new PipelineCache(device.gpu);
    const executable = await Executable.compile(optimize(builder.build(), options.withoutPasses), device, {
      readWeight: finiteWeights(file, model.name),
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
    return this.#enqueue(async () => {
      const shapes = new Map([...this.#file.tensors].map(([name, { shape }]) => [name, shape]));
      const builder = new GraphBuilder({ weights: shapes, dtype: this.#dtype });
      const orders = new Map<string, TokenOrder | undefined>();
      const record: RecordStage = (name, value, order) => {
        builder.output(name, value);
        orders.set(name, order);
        return value;
      };
      new Network(builder, this.config, this.architecture, record).build();
      for (const name of ['heatmap_ds', ...(this.architecture.hrnetOnly ? [] : ['heatmap_roi'])])
        orders.set(name, undefined);
      const graph = builder.build();
      const executable = await Executable.compile(optimize(graph), this.#device, {
        readWeight: finiteWeights(this.#file, this.#name),
        pipelines: this.#pipelines,
      });
      try {
        writeSource(executable, image, this.config, mirror);
        await executable.run();
        return await this.#collect(executable, orders, (name) => graph.outputs.get(name)?.spec.shape ?? []);
      } finally {
        executable.destroy();
      }
    });
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
    return this.architecture.rois.map((roi) => ({ '1': 1, '2': 1.5, '3': 2 })[roi]);
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

  /** One stage after the other, so that little is mapped at a time. */
  async #collect(
    executable: Executable,
    orders: ReadonlyMap<string, TokenOrder | undefined>,
    shapeOf: (name: string) => readonly number[],
  ): Promise<Map<string, Stage>> {
    const stages = new Map<string, Stage>();
    for (const [name, order] of orders) {
      const data = (await executable.read([name])).get(name) ?? new Float32Array();
      const stage = { shape: shapeOf(name), data };
      stages.set(name, order ? reorderTokens(stage, order) : stage);
    }
    const [x = 0, y = 0] = (await executable.read(['heatmap_ds.index'])).get('heatmap_ds.index') ?? [];
    const { dsFactor } = this.config;
    if (!this.architecture.hrnetOnly)
      stages.set('roi_center', { shape: [1, 2], data: Float32Array.of(x * dsFactor, y * dsFactor) });
    for (const half of ['attn.in_ator_trans', 'attn.ator_out_trans']) {
      const query = stages.get(`${half}.query`);
      const key = stages.get(`${half}.key`);
      const { selfAttention } = this.architecture;
      if (query && key && selfAttention)
        stages.set(`${half}.scores`, attentionScores(query, key, selfAttention.modes, 500));
    }
    return stages;
  }
}

/** Reads weights of a file; a NaN or infinity among them is the file's fault and is told. */
function finiteWeights(file: SafetensorsFile, source: string): ReadWeight {
  return async (name) => {
    const values = await file.readFloat32(name);
    const bad = values.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0)
      throw inputError(
        `${source}: tensor '${name}' holds ${values[bad]} at element ${bad}; a model's weights must be finite.`,
      );
    return values;
  };
}
