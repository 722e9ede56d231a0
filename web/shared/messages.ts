import type { ErrorKind } from '../../src/errors.js';
import type { DeviceReport } from '../../src/graph/device.js';
import type { MemoryReport } from '../../src/graph/index.js';
import type { Dataset, ZianConfig } from '../../src/zian/config.js';
import type { Point } from '../../src/zian/coordinates.js';
import type { Heatmaps, Localization } from '../../src/zian/zian.js';
import type { Task } from './catalog.js';

/** Where a model's bytes come from. Models that a visitor keeps are files as well: the page opens them. */
export type ModelSource =
  | { readonly kind: 'bundled'; readonly task: Task }
  | { readonly kind: 'file'; readonly name: string; readonly blob: Blob };

/** How far a call is. `unit` says what `done` and `total` count. */
export interface CallProgress {
  readonly stage:
    | 'device'
    | 'fetch'
    | 'tuning'
    | 'weights'
    | 'pipelines'
    | 'decode'
    | 'network'
    | 'stages'
    | 'read'
    | 'hash'
    | 'convert'
    | 'draw';
  readonly done: number;
  /** 0 where it is not known how much there is. */
  readonly total: number;
  readonly unit: 'bytes' | 'count';
}

export type DeviceSummary = DeviceReport;

/** A model that is ready on the device. */
export interface ModelSummary {
  readonly name: string;
  readonly bytes: number;
  readonly config: ZianConfig;
  /** What the model says of itself; to be shown with its results. */
  readonly notice?: string;
  readonly checkpointSha256: string;
  readonly regionLabels: readonly string[];
  /** Queries and keys of the self-attention; false where the model has none. */
  readonly attention: false | { readonly side: number; readonly modes: number; readonly attractors: number };
  readonly dispatches: number;
  readonly memory: MemoryReport;
  readonly milliseconds: number;
}

/** A picture to look for landmarks in. */
export interface Picture {
  readonly name: string;
  readonly blob: Blob;
}

/** How pictures are run. */
export interface RunOptions {
  /** A whole AS-OCT scan: its halves are looked at one by one, and each has a landmark. */
  readonly scan: boolean;
  /** Average with the mirrored picture; undefined: as the model's configuration says. */
  readonly flipTest?: boolean;
}

/** Part of a picture that is an image of its own to the network. */
export type Side = 'left' | 'right';

/** How likely a landmark is right. */
export interface Confidence {
  /** Between 0 and 1. */
  readonly probability: number;
  /** Errors up to this share of the image's width (of a scan: of its half's) count as right. */
  readonly limit: number;
}

/** A landmark and how it was found, in pixels of the whole picture. */
export interface Finding {
  /** Undefined where the picture was looked at as a whole. */
  readonly side?: Side;
  readonly result: Localization;
  /** Where the model's calibration tells. */
  readonly confidence?: Confidence;
  readonly maps: Heatmaps;
}

export interface PictureResult {
  readonly width: number;
  readonly height: number;
  readonly findings: readonly Finding[];
  /** `total` is from the file's bytes to the landmark, as this machine's clock sees it. */
  readonly milliseconds: {
    readonly decode: number;
    readonly preprocess: number;
    readonly network: number;
    readonly total: number;
  };
  /** A small picture for lists (a Blob that `img` can show). */
  readonly thumbnail: Blob;
}

/** One picture of what a stage of the network got or gave. */
export interface StagePicture {
  /** The stage's name in docs/MODEL.md. */
  readonly stage: string;
  readonly title: string;
  readonly note: string;
  readonly kind: 'input' | 'heat' | 'features';
  readonly width: number;
  readonly height: number;
  /** RGBA. */
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
}

export interface Insight {
  readonly pictures: readonly StagePicture[];
  /** Side of the square that attention can be asked for; undefined where the model has no self-attention. */
  readonly attentionSide?: number;
}

/** Where one pixel's self-attention looks. */
export interface PixelAttention {
  /** One map per mode, row by row, each adding up to 1. */
  readonly modes: readonly Float32Array<ArrayBuffer>[];
  readonly side: number;
  /** How many attractors carry 90 % of the weight, per mode. */
  readonly attractors: readonly number[];
  /** Where what the pixel attends to is added: the network transposes it (docs/MODEL.md, section 6). */
  readonly addedAt: Point;
}

export interface StageTime {
  readonly name: string;
  readonly dispatches: number;
  readonly milliseconds: number;
}

/** What a checkpoint's tensors say before it is converted. */
export interface CheckpointSummary {
  readonly format: string;
  readonly tensors: number;
  readonly parameters: number;
  /** In words. */
  readonly network: string;
  readonly suggested: Dataset;
}

export interface ConversionOptions {
  /** A released configuration, or an experiment file's text. */
  readonly base: { readonly dataset: Dataset } | { readonly name: string; readonly yaml: string };
  /** KEY=VALUE, as `zian convert --set` takes them. */
  readonly overrides: readonly string[];
  readonly dtype: 'f32' | 'f16';
}

export interface ConvertedModel {
  /** A safetensors file. */
  readonly blob: Blob;
  readonly tensors: number;
  readonly parameters: number;
  readonly sha256: string;
  readonly network: string;
  /** Keys of the experiment file that are not known. */
  readonly unknownKeys: readonly string[];
}

/** What the page asks of the worker: argument and result of each call. */
export interface Calls {
  open: { argument: Record<string, never>; result: DeviceSummary };
  load: { argument: ModelSource; result: ModelSummary };
  localize: { argument: Picture & RunOptions; result: PictureResult };
  overlay: { argument: { picture: Picture; findings: readonly Finding[] }; result: Blob };
  insight: { argument: { picture: Picture; side?: Side }; result: Insight };
  attention: { argument: Point; result: PixelAttention };
  profile: { argument: Record<string, never>; result: readonly StageTime[] };
  inspect: { argument: Picture; result: CheckpointSummary };
  convert: { argument: Picture & ConversionOptions; result: ConvertedModel };
  /** Destroys the device as if it had been lost, to try the recovery. */
  loseDevice: { argument: Record<string, never>; result: null };
}

export type CallName = keyof Calls;

/** From the page. `cancel` asks a call to stop at the next occasion. */
export type PageMessage =
  | { readonly id: number; readonly call: CallName; readonly argument: Calls[CallName]['argument'] }
  | { readonly cancel: number };

export interface CallFailure {
  /** `bug` is anything that is not meant to happen; `cancelled` was asked for. */
  readonly kind: ErrorKind | 'cancelled' | 'bug';
  readonly message: string;
}

/** From the worker. */
export type WorkerMessage =
  | { readonly id: number; readonly progress: CallProgress }
  | { readonly id: number; readonly result: Calls[CallName]['result'] }
  | { readonly id: number; readonly failure: CallFailure }
  | { readonly lost: { readonly reason: string; readonly message: string } };
