import { inputError } from '../errors.js';
import type { Point } from '../zian/coordinates.js';
import { matchNames } from './match.js';
import { type LandmarkTable, withOrigin } from './table.js';

/** One image's landmarks in several tables. */
export interface JoinedRow {
  readonly name: string;
  /** For each side, the points of the tables that have one, in the tables' order; 1-based. */
  readonly points: readonly (readonly Point[])[];
  /** How many tables have the image. */
  readonly tables: number;
}

/**
 * Puts tables side by side: images in the first table's order, then those that only later ones have.
 * @throws ZianError (input) where tables have different numbers of landmarks, or names are ambiguous
 */
export function joinTables(tables: readonly LandmarkTable[]): JoinedRow[] {
  const [first] = tables;
  if (first === undefined) return [];
  const rows = new Map<string, { points: Point[][]; tables: number }>();
  for (const table of tables) {
    if (table.sides !== first.sides)
      throw inputError(
        `${first.source} has ${first.sides} landmark(s) per image and ${table.source} ${table.sides}; all must be of one kind.`,
      );
    const { found } = matchNames(
      [...rows.keys()],
      table.rows.map(({ name }) => name),
      { truth: first.source, predicted: table.source },
    );
    const known = new Map([...found].map(([name, own]) => [own, name]));
    for (const { name, points } of withOrigin(table, 1).rows) {
      const key = known.get(name) ?? name;
      const row = rows.get(key) ?? { points: points.map((): Point[] => []), tables: 0 };
      row.tables++;
      for (const [side, point] of points.entries()) if (point) row.points[side]?.push(point);
      rows.set(key, row);
    }
  }
  return [...rows].map(([name, row]) => ({ name, ...row }));
}
