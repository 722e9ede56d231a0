import { formatHundredths } from '../zian/challenge-csv.js';
import type { Point } from '../zian/coordinates.js';
import { csvCell } from './csv-cell.js';
import { roundHalfEven } from './half-even.js';
import { stem } from './match.js';
import type { LandmarkTable } from './table.js';

/** The challenges' layouts: docs/MODEL.md, "what the reference does around the network". */
const HEADERS = {
  refuge: 'ImageName,Fovea_X,Fovea_Y',
  age: 'ASOCT_NAME,X_LEFT,Y_LEFT,X_RIGHT,Y_RIGHT',
  gamma: 'data,Fovea_X,Fovea_Y',
  palm: 'FileName,Fovea_X,Fovea_Y',
} as const;

export type ChallengeFormat = keyof typeof HEADERS;
export const CHALLENGE_FORMATS = ['refuge', 'age', 'gamma', 'palm'] as const;

/** Landmarks per image in a challenge's table. */
export const sidesOf = (format: ChallengeFormat): 1 | 2 => (format === 'age' ? 2 : 1);

/** A challenge's table in text, without rows. */
export const challengeHeader = (format: ChallengeFormat): string => `${HEADERS[format]}\n`;

/**
 * A row of a challenge's table.
 * @param points in 1-based pixels; undefined becomes -1, -1
 * @param round to whole pixels, as REFUGE's evaluation script reads them; otherwise two decimals
 */
export function challengeRow(
  format: ChallengeFormat,
  name: string,
  points: readonly (Point | undefined)[],
  round: boolean,
): string {
  const number = (value: number): string => (round ? String(roundHalfEven(value)) : formatHundredths(value));
  const cells = points.flatMap((point) =>
    point === undefined ? ['-1', '-1'] : [number(point.x), number(point.y)],
  );
  // GAMMA's cases are numbers of folders and files, without an ending.
  return `${[csvCell(format === 'gamma' ? stem(name) : name), ...cells].join(',')}\n`;
}

/** A whole table; it has to have the format's number of landmarks, and to count from 1. */
export function challengeCsv(table: LandmarkTable, format: ChallengeFormat, round: boolean): string {
  if (table.origin !== 1 || table.sides !== sidesOf(format))
    throw new Error('the table is not of this format');
  const rows = table.rows.map(({ name, points }) => challengeRow(format, name, points, round));
  return challengeHeader(format) + rows.join('');
}
