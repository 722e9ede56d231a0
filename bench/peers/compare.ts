/** How far two engines' results are apart. */
export interface Agreement {
  /** Largest absolute difference, of the output where it is largest against the output's scale. */
  readonly maxAbsError: number;
  /** That output's largest absolute value. */
  readonly scale: number;
  /** What is wrong, a sentence; undefined where they agree. */
  readonly wrong?: string;
}

/** Of float32 results, times the output's largest absolute value. */
export const TOLERANCE = 1e-4;

type Outputs = ReadonlyMap<string, Float32Array>;

/** A NaN in either is an infinite distance. */
function distanceOf(a: Float32Array, b: Float32Array): { error: number; scale: number } {
  let error = 0;
  let scale = 0;
  a.forEach((x, i) => {
    const apart = Math.abs(x - (b[i] ?? Number.NaN));
    error = Math.max(error, Number.isNaN(apart) ? Number.POSITIVE_INFINITY : apart);
    scale = Math.max(scale, Math.abs(x));
  });
  return { error, scale };
}

/**
 * Compares a peer's outputs with ours. Peaks (`NAME.index`) must be identical; a peer may leave out peaks
 * (`NAME.index`, `NAME.value`), but no other output.
 */
export function compareOutputs(ours: Outputs, theirs: Outputs): Agreement {
  let worst: Agreement = { maxAbsError: 0, scale: 0 };
  const relative = ({ maxAbsError, scale }: Agreement): number => maxAbsError / (scale || 1);
  for (const [name, mine] of ours) {
    const their = theirs.get(name);
    const ofPeak = /\.(index|value)$/.test(name);
    if (!their) {
      if (ofPeak) continue;
      return { maxAbsError: Number.POSITIVE_INFINITY, scale: 0, wrong: `it gives no output '${name}'` };
    }
    if (their.length !== mine.length)
      return {
        maxAbsError: Number.POSITIVE_INFINITY,
        scale: 0,
        wrong: `its '${name}' has ${their.length} elements instead of ${mine.length}`,
      };
    const { error, scale } = distanceOf(mine, their);
    if (name.endsWith('.index') && error > 0)
      return {
        maxAbsError: error,
        scale,
        wrong: `its '${name}' is (${[...their].join(', ')}) instead of (${[...mine].join(', ')})`,
      };
    const found = { maxAbsError: error, scale };
    if (!name.endsWith('.index') && (worst.scale === 0 || relative(found) > relative(worst))) worst = found;
  }
  if (worst.maxAbsError <= TOLERANCE * worst.scale) return worst;
  return {
    ...worst,
    wrong: `its result is ${worst.maxAbsError} off, with ${TOLERANCE} of ${worst.scale} allowed`,
  };
}
