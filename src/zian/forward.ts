import { inputError } from '../errors.js';
import type { Executable } from '../graph/index.js';
import type { Architecture } from './architecture.js';
import type { ZianConfig } from './config.js';
import type { ImageSize, Point } from './coordinates.js';
import { assertFinite, finiteChecksOf } from './finite-checks.js';
import { peakShift, type Refinement } from './refine.js';
import { type SourcePixels, writeSource } from './source.js';

/** One forward pass, in network pixels. `coarse` and `fine` are the peaks; landmarks are refined where that is asked for. */
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
  /** From the peak to where the map is highest between pixels. */
  readonly shift: Point;
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
  refine?: Refinement,
): Promise<Forward> {
  const { executable, config, architecture } = model;
  const started = performance.now();
  writeSource(executable, source, config, mirror);
  const written = performance.now();
  const names = heatmapNames(architecture);
  const parts = refine === undefined ? ['index', 'value'] : ['index', 'value', 'around'];
  const peaks = names.flatMap((name) => parts.map((part) => `${name}.${part}`));
  const results = await executable.run([...peaks, ...finiteChecksOf(executable.outputNames)]);
  times.preprocess += written - started;
  times.network += performance.now() - written;

  assertFinite(results, model.name, model.dtype);
  const { dsFactor, regionRadius, cropSize } = config;
  const [width, height] = cropSize;
  const coarseSize = { width: width / dsFactor, height: height / dsFactor };
  const coarse = peakOf('heatmap_ds', results, model, coarseSize, refine);
  const center = { x: coarse.point.x * dsFactor, y: coarse.point.y * dsFactor };
  const coarseLandmark = {
    x: center.x + coarse.shift.x * dsFactor,
    y: center.y + coarse.shift.y * dsFactor,
  };
  const side = { width: 2 * regionRadius, height: 2 * regionRadius };
  const fine = architecture.hrnetOnly ? undefined : peakOf('heatmap_roi', results, model, side, refine);
  return {
    coarse: coarse.point,
    roiCenter: center,
    fine: fine?.point ?? coarse.point,
    landmark: fine
      ? {
          x: fine.point.x + fine.shift.x + center.x - regionRadius,
          y: fine.point.y + fine.shift.y + center.y - regionRadius,
        }
      : coarseLandmark,
    coarseLandmark,
    peak: { coarse: coarse.highest, fine: fine?.highest ?? coarse.highest },
    margin: { coarse: coarse.margin, fine: fine?.margin ?? coarse.margin },
  };
}

function peakOf(
  heatmap: string,
  results: ReadonlyMap<string, Float32Array>,
  { name, dtype }: ForwardModel,
  size: ImageSize,
  refine: Refinement | undefined,
): Peak {
  const [x = 0, y = 0] = results.get(`${heatmap}.index`) ?? [];
  const [highest = Number.NaN, second = Number.NaN] = results.get(`${heatmap}.value`) ?? [];
  if (!Number.isFinite(highest))
    throw inputError(
      `the ${heatmap === 'heatmap_ds' ? 'coarse' : 'fine'} heat map holds ${highest}: ` +
        `${name} does not work on this image${dtype === 'f16' ? ' in f16; try --dtype f32' : ''}.`,
    );
  const point = { x, y };
  const [left = 0, right = 0, above = 0, below = 0] = results.get(`${heatmap}.around`) ?? [];
  const values = { at: highest, left, right, above, below };
  const shift = refine === undefined ? { x: 0, y: 0 } : peakShift(point, values, size, refine);
  return { point, highest, margin: highest - second, shift };
}
