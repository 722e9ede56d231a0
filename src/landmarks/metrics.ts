import { type BootstrapOptions, type Estimate, interval, resample } from './bootstrap.js';
import { median, quantile } from './quantile.js';

/** Distances between where landmarks are and where they were found. */
export interface Distances {
  readonly values: Float64Array;
  /** The image of each distance, from 0: the two spurs of a scan are drawn together, since they are not independent. */
  readonly images: Uint32Array;
  readonly imageCount: number;
}

/** Share of distances below a threshold: the successful detection rate. */
export interface DetectionRate {
  readonly threshold: number;
  /** 0 to 1. */
  readonly share: Estimate;
}

/** What is said of distances; all in their unit, with bootstrap intervals. */
export interface DistanceSummary {
  readonly mean: Estimate;
  readonly median: Estimate;
  /** Of a sample: with n − 1; NaN for fewer than two. */
  readonly standardDeviation: number;
  readonly percentiles: readonly { readonly percent: number; readonly value: number }[];
  readonly maximum: number;
  readonly sdr: readonly DetectionRate[];
}

export const PERCENTILES = [25, 75, 90, 95, 99] as const;

/** Distances in ascending order, each with its image. */
function ranked({ values, images, imageCount }: Distances): Distances {
  const order = Array.from(values.keys()).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  return {
    values: Float64Array.from(order, (i) => values[i] ?? Number.NaN),
    images: Uint32Array.from(order, (i) => images[i] ?? 0),
    imageCount,
  };
}

/** Number of ascending values below a threshold. */
function countBelow(sorted: Float64Array, threshold: number): number {
  const found = sorted.findIndex((value) => value >= threshold);
  return found === -1 ? sorted.length : found;
}

/** Mean, median and shares below thresholds of a resample, from how often each image was drawn. */
class Replicates {
  readonly means: number[] = [];
  readonly medians: number[] = [];
  readonly shares: readonly number[][];
  readonly #sorted: Distances;
  readonly #below: readonly number[];
  readonly #counts: Uint32Array;

  constructor(sorted: Distances, thresholds: readonly number[]) {
    this.#sorted = sorted;
    this.#below = thresholds.map((threshold) => countBelow(sorted.values, threshold));
    this.shares = thresholds.map(() => []);
    // Of each rank, and the running total before it.
    this.#counts = new Uint32Array(sorted.values.length + 1);
  }

  add(drawn: Uint32Array): void {
    const { values, images } = this.#sorted;
    let total = 0;
    let sum = 0;
    for (let rank = 0; rank < values.length; rank++) {
      this.#counts[rank] = total;
      const times = drawn[images[rank] ?? 0] ?? 0;
      total += times;
      sum += times * (values[rank] ?? 0);
    }
    this.#counts[values.length] = total;
    // All images without a landmark were drawn: nothing to say.
    if (total === 0) return;
    this.means.push(sum / total);
    this.medians.push((this.#at((total - 1) >> 1) + this.#at(total >> 1)) / 2);
    for (const [i, below] of this.#below.entries()) this.shares[i]?.push((this.#counts[below] ?? 0) / total);
  }

  /** The value at a position of the resample in ascending order. */
  #at(position: number): number {
    let low = 0;
    let high = this.#sorted.values.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#counts[middle] ?? 0) <= position) low = middle;
      else high = middle - 1;
    }
    return this.#sorted.values[low] ?? Number.NaN;
  }
}

/**
 * Describes distances.
 * @param thresholds in the distances' unit; a distance equal to one is not below it
 * @returns NaN throughout where there are no distances
 */
export function summarize(
  distances: Distances,
  thresholds: readonly number[],
  options: BootstrapOptions = {},
): DistanceSummary {
  const sorted = ranked(distances);
  const { values } = sorted;
  const n = values.length;
  const replicates = new Replicates(sorted, thresholds);
  if (n > 0) resample(sorted.imageCount, options, (counts) => replicates.add(counts));
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    mean: interval(mean, replicates.means, options),
    median: interval(median(values), replicates.medians, options),
    standardDeviation: n > 1 ? Math.sqrt(squares / (n - 1)) : Number.NaN,
    percentiles: PERCENTILES.map((percent) => ({ percent, value: quantile(values, percent / 100) })),
    maximum: values[n - 1] ?? Number.NaN,
    sdr: thresholds.map((threshold, i) => ({
      threshold,
      share: interval(countBelow(values, threshold) / n, replicates.shares[i] ?? [], options),
    })),
  };
}

/**
 * How much larger the mean of `distances` is than that of `reference`, both of the same images, resampled together.
 * @param distances mean per image
 * @param reference mean per image, in the same order
 */
export function meanDifference(
  distances: Float64Array,
  reference: Float64Array,
  options: BootstrapOptions = {},
): Estimate {
  const differences = distances.map((value, i) => value - (reference[i] ?? Number.NaN));
  const n = differences.length;
  const replicates: number[] = [];
  if (n > 0)
    resample(n, options, (counts) => {
      replicates.push(differences.reduce((sum, value, i) => sum + value * (counts[i] ?? 0), 0) / n);
    });
  return interval(differences.reduce((sum, value) => sum + value, 0) / n, replicates, options);
}
