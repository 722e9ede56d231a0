import type { ZianError } from '../errors.js';
import type { DeviceReport } from '../graph/device.js';
import type { TuningMode } from '../tuning/index.js';
import type { ZianConfig } from '../zian/config.js';
import type { RgbaImage } from '../zian/image.js';
import type { TracedLayer } from '../zian/layer-trace.js';
import type { ModelDtype } from '../zian/model-file.js';
import type { Stage } from '../zian/stages.js';
import type {
  BatchLocalization,
  Heatmaps,
  Localization,
  LocalizeBatchOptions,
  LocalizeOptions,
} from '../zian/zian.js';

export type { Point } from '../zian/coordinates.js';
export type { BatchLocalization, Heatmaps, Localization, Stage };

/** What the commands need of a loaded model; `Zian` is one. */
export interface Engine {
  readonly config: ZianConfig;
  readonly metadata: Readonly<Record<string, string>>;
  localize(image: RgbaImage, options?: Pick<LocalizeOptions, 'flipTest' | 'refine'>): Promise<Localization>;
  localizeBatch(
    images: readonly RgbaImage[],
    options?: Pick<LocalizeBatchOptions, 'flipTest' | 'refine' | 'heatmaps' | 'signal'>,
  ): Promise<(BatchLocalization | ZianError)[]>;
  heatmaps(): Promise<Heatmaps>;
  stages(image: RgbaImage, options?: { mirror?: boolean }): Promise<ReadonlyMap<string, Stage>>;
  trace(image: RgbaImage, visit: (layer: TracedLayer) => Promise<void>): Promise<void>;
}

export interface EngineOptions {
  /** Path of the model file. */
  readonly model: string;
  /** As `openDevice` takes it. */
  readonly adapter: string;
  /** Precision to compute in. */
  readonly dtype: ModelDtype;
  /** Images of a run of the network; 1 unless given. */
  readonly batch?: number | undefined;
  /** Whether kernels are chosen by measurements; undefined leaves it to the adapter. */
  readonly tuning?: TuningMode | undefined;
  readonly note: (line: string) => void;
  readonly onProgress: (done: number, total: number) => void;
}

export interface OpenedEngine {
  readonly engine: Engine;
  /** The adapter's name. */
  readonly adapter: string;
  /** What the device says of itself. */
  readonly device: DeviceReport;
  close(): Promise<void>;
}

export type OpenEngine = (options: EngineOptions) => Promise<OpenedEngine>;
