import type { BootstrapOptions, Estimate } from './bootstrap.js';
import { type Comparison, compareTables, distancesOf, type LandmarkError, meansByImage } from './errors.js';
import { type DistanceSummary, meanDifference, summarize } from './metrics.js';
import type { Scale } from './scale.js';
import type { LandmarkTable } from './table.js';

/** What is evaluated: one stage's landmarks of one file. */
export interface Series {
  readonly label: string;
  readonly file: string;
  /** null where the file does not say. */
  readonly stage: 'coarse' | 'fine' | null;
  readonly table: LandmarkTable;
}

export interface EvaluationOptions extends BootstrapOptions {
  /** Of the detection rates, in pixels. */
  readonly thresholds: readonly number[];
  readonly scale?: Scale;
  /** Of the detection rates in units of `scale`. */
  readonly relativeThresholds?: readonly number[];
  /** Only images that every series has. */
  readonly common?: boolean;
}

/** What came of one series. */
export interface SeriesEvaluation extends Comparison {
  readonly label: string;
  readonly file: string;
  readonly stage: Series['stage'];
  /** Images with an error. */
  readonly images: number;
  readonly pixels: DistanceSummary;
  /** In units of the scale. */
  readonly relative?: DistanceSummary;
  /** Mean error minus the first series', over the images that both have. */
  readonly difference?: { readonly to: string; readonly images: number; readonly mean: Estimate };
}

/** Names that every comparison has an error for. */
function commonNames(comparisons: readonly Comparison[]): Set<string> {
  const [first, ...others] = comparisons.map(({ errors }) => new Set(errors.map(({ name }) => name)));
  return new Set([...(first ?? [])].filter((name) => others.every((names) => names.has(name))));
}

function differenceTo(
  reference: readonly LandmarkError[],
  errors: readonly LandmarkError[],
  options: BootstrapOptions,
): { images: number; mean: Estimate } {
  const [a, b] = [meansByImage(errors), meansByImage(reference)];
  const names = [...a.keys()].filter((name) => b.has(name));
  const values = (means: ReadonlyMap<string, number>): Float64Array =>
    Float64Array.from(names, (name) => means.get(name) ?? Number.NaN);
  return { images: names.length, mean: meanDifference(values(a), values(b), options) };
}

/**
 * Compares predictions with the truth.
 * @throws ZianError (input) where tables do not go together
 */
export function evaluate(
  truth: LandmarkTable,
  series: readonly Series[],
  options: EvaluationOptions,
): SeriesEvaluation[] {
  const { thresholds, scale, relativeThresholds = [], common = false } = options;
  const all = series.map(({ table }) => compareTables(truth, table));
  const names = common ? commonNames(all) : undefined;
  const kept = all.map((comparison) => ({
    ...comparison,
    errors: comparison.errors.filter(({ name }) => names?.has(name) ?? true),
  }));
  const [first] = series;
  return series.map(({ label, file, stage }, i) => {
    const comparison = kept[i];
    const reference = kept[0];
    if (comparison === undefined || reference === undefined) throw new Error('every series was compared');
    const { errors } = comparison;
    const distances = distancesOf(errors);
    return {
      ...comparison,
      label,
      file,
      stage,
      images: distances.imageCount,
      pixels: summarize(distances, thresholds, options),
      ...(scale === undefined
        ? {}
        : { relative: summarize(distancesOf(errors, scale.of), relativeThresholds, options) }),
      ...(i === 0 || first === undefined
        ? {}
        : { difference: { to: first.label, ...differenceTo(reference.errors, errors, options) } }),
    };
  });
}
