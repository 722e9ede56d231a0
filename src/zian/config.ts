import type { ZianError } from '../errors.js';

/** Width and height, in pixels. */
export type Size = readonly [width: number, height: number];
/** One value per channel in OpenCV's order: blue, green, red. */
export type Bgr = readonly [blue: number, green: number, red: number];

/** Data sets with a released configuration. */
export type Dataset = 'refuge' | 'age' | 'gamma';

/**
 * How the two regions attend to each other: not at all, through `linear_e` and with a gate (REFUGE, GAMMA),
 * or plainly and with one shared convolution (AGE).
 */
export type CoAttention = false | 'gated' | 'simple';

/** What an experiment file states about one stage of HRNet; what it leaves out is read from the tensors. */
export interface StageCounts {
  readonly modules?: number;
  readonly blocks?: readonly number[];
  readonly channels?: readonly number[];
}

export type StageName = 'STAGE2' | 'STAGE3' | 'STAGE4';

/**
 * Everything about a ZIAN model that its tensors cannot tell, and the options that they can (so that a
 * contradiction is noticed). Widths, block and module counts come from the tensors: see `inferArchitecture`.
 */
export interface ZianConfig {
  /** Decides the layout of CSV files and, with `coAttention`, AGE's variant of the network. */
  readonly dataset: Dataset;
  /** What the picture is resized to (IMAGE_SIZE). */
  readonly imageSize: Size;
  /** The network's input, cut from the middle of the resized picture (CROP_SIZE). */
  readonly cropSize: Size;
  /** The coarse stage sees the input shrunk by this (DS_FACTOR). */
  readonly dsFactor: number;
  /** Half the side of the fine stage's square regions, in input pixels (REGION_RADIUS). */
  readonly regionRadius: number;
  readonly mean: Bgr;
  readonly std: Bgr;
  /** The coarse stage alone. */
  readonly hrnetOnly: boolean;
  /** Regions at several scales; false: one region at scale 1. */
  readonly tripRoi: boolean;
  /** 2: regions at scales 1 and 2; 3: also at 1.5. Without meaning if `tripRoi` is false. */
  readonly roiNum: 2 | 3;
  readonly selfAttention: boolean;
  readonly coAttention: CoAttention;
  /** Average the landmark with the mirrored picture's. */
  readonly flipTest: boolean;
  /** Equalise each channel's contrast locally after the crop (DATA_CLAHE); off unless given. */
  readonly clahe?: boolean;
  /** HRNet's counts as far as an experiment file or an override states them. */
  readonly stages?: Readonly<Partial<Record<StageName, StageCounts>>>;
}

/** Makes the error for a sentence: `usageError` for what a user typed, `inputError` for what a file holds. */
export type Fail = (sentence: string) => ZianError;

/** Channel statistics of each data set's training pictures (values in 0…1), from the released configurations. */
export const NORMALISATION: Readonly<Record<Dataset, { readonly mean: Bgr; readonly std: Bgr }>> = {
  refuge: { mean: [0.158, 0.224, 0.35], std: [0.143, 0.175, 0.255] },
  age: { mean: [0.152, 0.071, 0.07], std: [0.138, 0.127, 0.127] },
  gamma: { mean: [0.265, 0.13, 0.036], std: [0.293, 0.154, 0.069] },
};

const preset = (dataset: Dataset): ZianConfig => ({
  dataset,
  imageSize: [1064, 1064],
  cropSize: [1024, 1024],
  dsFactor: 4,
  regionRadius: 128,
  ...NORMALISATION[dataset],
  hrnetOnly: false,
  tripRoi: true,
  roiNum: 2,
  selfAttention: true,
  coAttention: dataset === 'age' ? 'simple' : 'gated',
  flipTest: false,
});

/** The released configurations. */
export const PRESETS: Readonly<Record<Dataset, ZianConfig>> = {
  refuge: preset('refuge'),
  age: preset('age'),
  gamma: preset('gamma'),
};

export const isDataset = (name: string): name is Dataset => Object.hasOwn(PRESETS, name);

/** The configuration for another data set: its normalisation and its variant of co-attention. */
export const withDataset = (config: ZianConfig, dataset: Dataset): ZianConfig => ({
  ...config,
  dataset,
  ...NORMALISATION[dataset],
  coAttention: config.coAttention && PRESETS[dataset].coAttention,
});
