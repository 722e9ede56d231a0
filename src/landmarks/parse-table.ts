import { inputError } from '../errors.js';
import { printable } from '../printable.js';
import type { Point } from '../zian/coordinates.js';
import { cellText } from './csv-cell.js';
import { findLayout, type Layout, type LayoutOptions } from './layouts.js';
import type { LandmarkRow, LandmarkTable } from './table.js';

const UNDETERMINED = /^(|-|na|n\/a|nan|none|null)$/i;

/**
 * A table's cells as landmarks. A landmark is undetermined where a coordinate is -1, empty or NaN, or where both are 0
 * in a table that counts from 1 (there is no such pixel).
 * @param cells with the header first; rows that are all empty are left out
 * @throws ZianError (input) naming the row that is not of the table's layout, or the image that comes twice
 */
export function parseTable(
  cells: readonly (readonly string[])[],
  source: string,
  options: LayoutOptions = {},
): LandmarkTable {
  const filled = cells
    .map((row, i) => ({ row, number: i + 1 }))
    .filter(({ row }) => row.some((cell) => cell.trim() !== ''));
  const layout = findLayout(
    filled.map(({ row }) => row),
    source,
    options,
  );
  const [header, ...body] = filled;
  const taken = new Map<string, number>();
  const rows = body.map(({ row, number }): LandmarkRow => {
    const where = `${source}: row ${number}`;
    const name = cellText(row[layout.name]?.trim() ?? '');
    if (name === '') throw inputError(`${where} does not name its image (column ${layout.name + 1}).`);
    const earlier = taken.get(name);
    if (earlier !== undefined)
      throw inputError(`${where} is about '${printable(name, 80)}', and so is row ${earlier}.`);
    taken.set(name, number);
    return {
      name,
      points: layout.points.map(([x, y]) => parsePoint(row, x, y, layout, where)),
      others: otherColumns(header?.row ?? [], row, layout),
    };
  });
  return { source, origin: layout.origin, sides: layout.points.length === 2 ? 2 : 1, rows };
}

function parsePoint(
  row: readonly string[],
  xColumn: number,
  yColumn: number,
  { origin }: Layout,
  where: string,
): Point | undefined {
  const coordinate = (column: number): number | undefined => {
    const text = row[column]?.trim() ?? '';
    if (UNDETERMINED.test(text)) return undefined;
    const value = Number(text);
    if (!Number.isFinite(value)) {
      throw inputError(
        `${where}, column ${column + 1} is '${printable(text, 40)}', but a coordinate is a number (with a decimal point), or -1 where it is undetermined.`,
      );
    }
    return value === -1 ? undefined : value;
  };
  const x = coordinate(xColumn);
  const y = coordinate(yColumn);
  if (x === undefined || y === undefined || (origin === 1 && x === 0 && y === 0)) return undefined;
  return { x, y };
}

function otherColumns(
  header: readonly string[],
  row: readonly string[],
  { name, points }: Layout,
): Record<string, string> {
  const used = new Set([name, ...points.flat()]);
  const entries = header.flatMap((title, i) => (used.has(i) || title === '' ? [] : [[title, row[i] ?? '']]));
  return Object.fromEntries(entries);
}
