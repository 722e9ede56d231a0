import type { Point } from '../zian/coordinates.js';

/** One image's row: one landmark, or an AS-OCT scan's left and right. */
export interface LandmarkRow {
  /** As the table gives it: a file's name, a path, or an identifier. */
  readonly name: string;
  /** In the table's own pixels (see `LandmarkTable.origin`); undefined where the landmark is undetermined. */
  readonly points: readonly (Point | undefined)[];
  /** Numbers of other columns, by the column's header. */
  readonly others: Readonly<Record<string, string>>;
}

/** Landmarks by image. */
export interface LandmarkTable {
  /** What messages call it, such as its path. */
  readonly source: string;
  /** The first pixel's number in either axis: 1 in the challenges' tables, 0 in our own. */
  readonly origin: 0 | 1;
  /** Landmarks per image. */
  readonly sides: 1 | 2;
  readonly rows: readonly LandmarkRow[];
}

/** Names of the landmarks of a row, for messages and tables. */
export const sideNames = (sides: 1 | 2): readonly string[] =>
  sides === 1 ? ['landmark'] : ['left', 'right'];

/** The same table with the first pixel called `origin`. */
export function withOrigin(table: LandmarkTable, origin: 0 | 1): LandmarkTable {
  const shift = origin - table.origin;
  if (shift === 0) return table;
  const move = (point: Point | undefined): Point | undefined =>
    point && { x: point.x + shift, y: point.y + shift };
  return { ...table, origin, rows: table.rows.map((row) => ({ ...row, points: row.points.map(move) })) };
}
