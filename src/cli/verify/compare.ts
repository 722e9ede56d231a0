/** How far one tensor is from another, over the elements that both have. */
export interface Difference {
  /** Elements compared. */
  readonly count: number;
  /** NaN where any difference is. */
  readonly maxError: number;
  readonly rmsError: number;
  /** Flat index, in the whole stage, of the largest difference or the first NaN. */
  readonly worst: number;
  /** The largest magnitude of the reference. */
  readonly scale: number;
}

/** Every so-manieth element of a tensor; all of them where `every` is 1. */
export interface Samples {
  readonly data: Float32Array;
  readonly every: number;
}

export const sampleCount = (count: number, every: number): number => Math.ceil(count / every);

/**
 * Compares samples of the same tensor: those elements whose flat index both hold.
 * @param got flat index 0 is the first element of both
 */
export function compareSamples(got: Samples, want: Samples): Difference {
  let count = 0;
  let maxError = 0;
  let squares = 0;
  let scale = 0;
  let worst = 0;
  for (let i = 0; i < want.data.length; i++) {
    const index = i * want.every;
    if (index % got.every !== 0) continue;
    const reference = want.data[i] ?? Number.NaN;
    const error = Math.abs((got.data[index / got.every] ?? Number.NaN) - reference);
    count++;
    squares += error * error;
    scale = Math.max(scale, Math.abs(reference));
    // A NaN once found stays: no comparison with it is true.
    if (error > maxError || (Number.isNaN(error) && !Number.isNaN(maxError))) {
      maxError = error;
      worst = index;
    }
  }
  return { count, maxError, rmsError: Math.sqrt(squares / Math.max(1, count)), worst, scale };
}
