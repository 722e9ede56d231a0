import { inputError } from '../errors.js';
import { matchNames } from './match.js';
import type { Distances } from './metrics.js';
import { type LandmarkTable, withOrigin } from './table.js';

/** How far one landmark was from its place. */
export interface LandmarkError {
  /** The image as the truth names it. */
  readonly name: string;
  /** As the prediction names it. */
  readonly predictedName: string;
  /** 0, or 1 for a scan's right landmark. */
  readonly side: number;
  /** Found minus true, in pixels of the image. */
  readonly dx: number;
  readonly dy: number;
  readonly distance: number;
}

/** A prediction against the truth. */
export interface Comparison {
  readonly errors: readonly LandmarkError[];
  /** Images without a prediction of which the truth knows a landmark. */
  readonly missing: readonly string[];
  /** Predicted images that the truth does not have. */
  readonly extra: readonly string[];
  /** Landmarks that the truth calls undetermined; they are left out. */
  readonly undetermined: number;
  /** Landmarks that are there, but undetermined in the prediction. */
  readonly unpredicted: number;
}

/**
 * Every landmark's error, in the truth's order.
 * @throws ZianError (input) where one table has scans and the other photographs, or names are ambiguous
 */
export function compareTables(truth: LandmarkTable, predicted: LandmarkTable): Comparison {
  if (truth.sides !== predicted.sides && truth.rows.length > 0 && predicted.rows.length > 0)
    throw inputError(
      `${truth.source} has ${truth.sides} landmark(s) per image and ${predicted.source} ${predicted.sides}; both must be of one kind.`,
    );
  const { found, missing, extra } = matchNames(
    truth.rows.map(({ name }) => name),
    predicted.rows.map(({ name }) => name),
    { truth: truth.source, predicted: predicted.source },
  );
  const own = new Map(withOrigin(predicted, truth.origin).rows.map((row) => [row.name, row]));
  const errors: LandmarkError[] = [];
  let undetermined = 0;
  let unpredicted = 0;
  for (const { name, points } of truth.rows) {
    const row = own.get(found.get(name) ?? '');
    if (row === undefined) continue;
    for (const [side, place] of points.entries()) {
      const guess = row.points[side];
      if (place === undefined) undetermined++;
      else if (guess === undefined) unpredicted++;
      else {
        const dx = guess.x - place.x;
        const dy = guess.y - place.y;
        errors.push({ name, predictedName: row.name, side, dx, dy, distance: Math.hypot(dx, dy) });
      }
    }
  }
  const determined = new Set(
    truth.rows.flatMap(({ name, points }) => (points.some((point) => point !== undefined) ? [name] : [])),
  );
  return {
    errors,
    missing: missing.filter((name) => determined.has(name)),
    extra,
    undetermined,
    unpredicted,
  };
}

/** Errors as distances, divided by each image's `scale` where it is given. */
export function distancesOf(
  errors: readonly LandmarkError[],
  scale: (name: string) => number = () => 1,
): Distances {
  const numbers = new Map<string, number>();
  const images = Uint32Array.from(errors, ({ name }) => {
    const number = numbers.get(name) ?? numbers.size;
    numbers.set(name, number);
    return number;
  });
  const values = Float64Array.from(errors, ({ name, distance }) => distance / scale(name));
  return { values, images, imageCount: numbers.size };
}

/** The mean error per image, by name. */
export function meansByImage(errors: readonly LandmarkError[]): Map<string, number> {
  const sums = new Map<string, { sum: number; count: number }>();
  for (const { name, distance } of errors) {
    const { sum, count } = sums.get(name) ?? { sum: 0, count: 0 };
    sums.set(name, { sum: sum + distance, count: count + 1 });
  }
  return new Map([...sums].map(([name, { sum, count }]) => [name, sum / count]));
}
