import type { ZianConfig } from '../zian/config.js';
import type { RgbaImage } from '../zian/image.js';
import type { ModelDtype } from '../zian/model-file.js';
import type { Heatmap } from '../zian/overlay.js';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Localization {
  readonly landmark: Point;
  readonly coarse: Point;
  readonly network: {
    readonly coarse: Point;
    readonly roiCenter: Point;
    readonly fine: Point;
    readonly landmark: Point;
  };
  readonly peak: { readonly coarse: number; readonly fine: number };
  readonly margin: { readonly coarse: number; readonly fine: number };
  readonly milliseconds: { readonly preprocess: number; readonly network: number };
  readonly rois: readonly {
    readonly x0: number;
    readonly y0: number;
    readonly x1: number;
    readonly y1: number;
  }[];
}

/** A tensor of the network by its name in the reference data. */
export interface Stage {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** What the commands need of a loaded model; `Zian` is one. */
export interface Engine {
  readonly config: ZianConfig;
  readonly metadata: Readonly<Record<string, string>>;
  localize(image: RgbaImage, options?: { flipTest?: boolean }): Promise<Localization>;
  heatmaps(): Promise<{ readonly coarse: Heatmap; readonly fine?: Heatmap }>;
  stages(image: RgbaImage, options?: { mirror?: boolean }): Promise<ReadonlyMap<string, Stage>>;
}

export interface EngineOptions {
  /** Path of the model file. */
  readonly model: string;
  /** As `openDevice` takes it. */
  readonly adapter: string;
  /** Precision to compute in; what suits the file and the adapter if left out. */
  readonly dtype: ModelDtype | undefined;
  readonly note: (line: string) => void;
  readonly onProgress: (done: number, total: number) => void;
}

export interface OpenedEngine {
  readonly engine: Engine;
  /** The adapter's name. */
  readonly adapter: string;
  close(): Promise<void>;
}

export type OpenEngine = (options: EngineOptions) => Promise<OpenedEngine>;
