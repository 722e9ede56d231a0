import { inputError, ZianError } from '../errors.js';
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
  /** Pictures of a run, at most; the network computes as many in any case. */
  readonly batch: number;
}

/** What the network looks at: an image, or its mirror image. */
export interface Picture {
  readonly source: SourcePixels;
  readonly mirror: boolean;
}

/** A run of the network over one or several pictures. */
export interface BatchForward {
  /** By picture: an error (input) where a checked stage or a heat map's peak is NaN or infinite. */
  readonly results: readonly (Forward | ZianError)[];
  /** Each picture's share. */
  readonly milliseconds: Readonly<ForwardTimes>;
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
 * Writes up to `model.batch` pictures, runs the network once, and reads its peaks. The places of missing pictures hold what
 * was there before, or nothing; their results are not looked at.
 * @throws ZianError (device) when the device is lost
 */
export async function forward(
  model: ForwardModel,
  pictures: readonly Picture[],
  refine?: Refinement,
): Promise<BatchForward> {
  const { executable, config, architecture } = model;
  const started = performance.now();
  for (const [place, { source, mirror }] of pictures.entries())
    writeSource(executable, source, config, mirror, place);
  const written = performance.now();
  const names = heatmapNames(architecture);
  const parts = refine === undefined ? ['index', 'value'] : ['index', 'value', 'around'];
  const peaks = names.flatMap((name) => parts.map((part) => `${name}.${part}`));
  const results = await executable.run([...peaks, ...finiteChecksOf(executable.outputNames)]);
  const milliseconds = {
    preprocess: (written - started) / pictures.length,
    network: (performance.now() - written) / pictures.length,
  };
  return { results: pictures.map((_, place) => resultOf(model, results, place, refine)), milliseconds };
}

/** What a run says of the picture in a place of its batch. */
function resultOf(
  model: ForwardModel,
  results: ReadonlyMap<string, Float32Array>,
  place: number,
  refine: Refinement | undefined,
): Forward | ZianError {
  try {
    assertFinite(results, place, model.batch, model.name, model.dtype);
    const own = new Map([...results].map(([name, values]) => [name, values.subarray(4 * place)]));
    return peaksOf(model, own, refine);
  } catch (error) {
    if (error instanceof ZianError) return error;
    throw error;
  }
}

/** @param results of one picture, by output */
function peaksOf(
  model: ForwardModel,
  results: ReadonlyMap<string, Float32Array>,
  refine: Refinement | undefined,
): Forward {
  const { config, architecture } = model;
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
