import { type Dataset, PRESETS, type StageCounts, type ZianConfig } from '../../src/zian/config.js';
import { applyOverrides } from '../../src/zian/config-settings.js';
import type { RgbaImage } from '../../src/zian/image.js';
import { type Adjustment, seededWeights } from './seeded.js';
import { RELEASED, type StageOptions, stateDictShapes, type WidthOptions } from './state-dict.js';
import { syntheticImage } from './synthetic-image.js';

export interface RunLandmark {
  readonly crop_xy: readonly [number, number];
  readonly image_xy: readonly [number, number];
  readonly csv: readonly string[] | null;
}

export interface RunPeak {
  readonly shape: readonly number[];
  readonly argmax_f32: {
    readonly xy: readonly [number, number];
    readonly max: number;
    readonly gap_to_second: number;
  };
  readonly max_abs_err_f32_vs_f64: number;
  readonly max_abs_err_f32_vs_f64_f32_coordinates: number;
}

interface RunLandmarks {
  readonly lr: RunLandmark;
  /** For HRNET_ONLY a placeholder, like `fine_peak`. */
  readonly hr: RunLandmark;
  readonly final: RunLandmark;
}

/** RUN.json: what PyTorch computed for one picture with one set of weights. */
export interface Run {
  readonly run: string;
  readonly configuration: string;
  readonly dataset?: Dataset;
  /** [KEY, VALUE, KEY, VALUE, …] in the authors' names; the rest as released. */
  readonly options: readonly string[];
  readonly widths?: Partial<WidthOptions>;
  readonly adjust?: readonly Adjustment[];
  readonly weights_seed: number;
  readonly image: string;
  readonly synthetic?: {
    readonly width: number;
    readonly height: number;
    readonly seed: number;
    readonly brightness: number;
    readonly rgb_sha256: string;
  };
  readonly image_size: readonly [number, number];
  readonly mean_bgr: readonly number[];
  readonly std_bgr: readonly number[];
  readonly trainable_parameters: number;
  readonly predictions: RunLandmarks;
  readonly predictions_flip_test: RunLandmarks;
  readonly coarse_peak: RunPeak;
  readonly fine_peak: RunPeak;
}

export function runConfig(run: Run): ZianConfig {
  const dataset = run.dataset ?? (run.configuration.startsWith('age') ? 'age' : 'refuge');
  const overrides: string[] = [];
  for (let i = 0; i < run.options.length; i += 2) overrides.push(`${run.options[i]}=${run.options[i + 1]}`);
  return applyOverrides(PRESETS[dataset], overrides);
}

const stage = (released: StageOptions, stated: StageCounts = {}): StageOptions => ({
  ...released,
  ...stated,
});

/** Shapes of everything the run's checkpoint would hold: see `stateDictShapes`. */
export function runShapes(run: Run): ReadonlyMap<string, readonly number[]> {
  const config = runConfig(run);
  const [stage2, stage3, stage4] = RELEASED.stages;
  return stateDictShapes({
    ...config,
    stages: [
      stage(stage2, config.stages?.STAGE2),
      stage(stage3, config.stages?.STAGE3),
      stage(stage4, config.stages?.STAGE4),
    ],
    widths: { ...RELEASED.widths, ...run.widths },
  });
}

export const runWeights = (run: Run): ReadonlyMap<string, Float32Array> =>
  seededWeights(runShapes(run), run.weights_seed, run.adjust);

/** The picture of a run of our own. */
export function runImage({ synthetic, run }: Run): RgbaImage {
  if (synthetic === undefined) throw new Error(`${run} has a picture file, not a formula`);
  const { width, height, seed, brightness } = synthetic;
  return syntheticImage(width, height, seed, brightness);
}
