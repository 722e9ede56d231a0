import { quantile } from './quantile.js';
import { mulberry32 } from './random.js';

/** A statistic with its confidence interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface BootstrapOptions {
  /** Number of resamples; 2000 unless given. */
  readonly resamples?: number;
  /** Probability that the intervals are to have; 0.95 unless given. */
  readonly confidence?: number;
  /** Of the generator; 1 unless given. */
  readonly seed?: number;
}

export const DEFAULT_RESAMPLES = 2000;
export const DEFAULT_CONFIDENCE = 0.95;

/**
 * Resamples units with replacement: `visit` gets how often each unit was drawn. Unit of a draw: the generator's integer
 * times `units` / 2³², rounded down.
 */
export function resample(
  units: number,
  { resamples = DEFAULT_RESAMPLES, seed = 1 }: BootstrapOptions,
  visit: (counts: Uint32Array) => void,
): void {
  const next = mulberry32(seed);
  const counts = new Uint32Array(units);
  for (let i = 0; i < resamples; i++) {
    counts.fill(0);
    for (let k = 0; k < units; k++) {
      const unit = Math.floor((next() / 4294967296) * units);
      counts[unit] = (counts[unit] ?? 0) + 1;
    }
    visit(counts);
  }
}

/** The percentile interval of replicates. */
export function interval(
  value: number,
  replicates: readonly number[],
  { confidence = DEFAULT_CONFIDENCE }: BootstrapOptions,
): Estimate {
  const sorted = Float64Array.from(replicates).sort();
  const tail = (1 - confidence) / 2;
  return { value, low: quantile(sorted, tail), high: quantile(sorted, 1 - tail) };
}
