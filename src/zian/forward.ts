import { inputError } from '../errors.js';
import type { Executable } from '../graph/index.js';
import type { Architecture } from './architecture.js';
import type { ZianConfig } from './config.js';
import type { Point } from './coordinates.js';
import { assertFinite, finiteChecksOf } from './finite-checks.js';
import { type SourcePixels, writeSource } from './source.js';

/** One forward pass, in network pixels. */
export interface Forward {
  readonly coarse: Point;
  readonly roiCenter: Point;
  readonly fine: Point;
  readonly landmark: Point;
  readonly coarseLandmark: Point;
  /** The heat maps' largest values. */
  readonly peak: { readonly coarse: number; readonly fine: number };
  /** Their distances to the second-highest value. */
  readonly margin: { readonly coarse: number; readonly fine: number };
}

/** Wall times, added up over the passes of a call. */
export interface ForwardTimes {
  preprocess: number;
  network: number;
}

/** A compiled network, as far as a forward pass needs it. */
export interface ForwardModel {
  readonly executable: Executable;
  readonly config: ZianConfig;
  readonly architecture: Architecture;
  /** The model file's name, for messages. */
  readonly name: string;
  readonly dtype: 'f32' | 'f16';
}

/** Outputs with a heat map each, coarse first. */
export const heatmapNames = ({ hrnetOnly }: Architecture): readonly string[] =>
  hrnetOnly ? ['heatmap_ds'] : ['heatmap_ds', 'heatmap_roi'];

interface Peak {
  readonly point: Point;
  readonly highest: number;
  readonly margin: number;
}

/**
 * Writes the image, runs the network, and reads its peaks.
 * @throws ZianError (input) when a checked stage or a heat map's peak is NaN or infinite, (device) when the device is lost
 */
export async function forward(
  model: ForwardModel,
  source: SourcePixels,
  mirror: boolean,
  times: ForwardTimes,
): Promise<Forward> {
  const { executable, config, architecture } = model;
  const started = performance.now();
  writeSource(executable, source, config, mirror);
  const written = performance.now();
  const names = heatmapNames(architecture);
  const peaks = names.flatMap((name) => [`${name}.index`, `${name}.value`]);
  const results = await executable.run([...peaks, ...finiteChecksOf(executable.outputNames)]);
  times.preprocess += written - started;
  times.network += performance.now() - written;

  assertFinite(results, model.name, model.dtype);
  const { dsFactor, regionRadius } = config;
  const coarse = peakOf('heatmap_ds', results, model);
  const center = { x: coarse.point.x * dsFactor, y: coarse.point.y * dsFactor };
  const fine = architecture.hrnetOnly ? undefined : peakOf('heatmap_roi', results, model);
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

function peakOf(
  heatmap: string,
  results: ReadonlyMap<string, Float32Array>,
  { name, dtype }: ForwardModel,
): Peak {
  const [x = 0, y = 0] = results.get(`${heatmap}.index`) ?? [];
  const [highest = Number.NaN, second = Number.NaN] = results.get(`${heatmap}.value`) ?? [];
  if (!Number.isFinite(highest))
    throw inputError(
      `the ${heatmap === 'heatmap_ds' ? 'coarse' : 'fine'} heat map holds ${highest}: ` +
        `${name} does not work on this image${dtype === 'f16' ? ' in f16; try --dtype f32' : ''}.`,
    );
  return { point: { x, y }, highest, margin: highest - second };
}
