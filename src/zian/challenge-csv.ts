import type { Point } from './coordinates.js';

/**
 * Two decimals as C's printf("%.2f") rounds: exact ties go to the even digit. JavaScript's toFixed is exact as well
 * but rounds ties up. A binary number lies exactly between two hundredths only if it is an odd number of eighths.
 */
export function formatHundredths(value: number): string {
  const eighths = Math.abs(value) * 8;
  if (!Number.isInteger(eighths) || eighths % 2 === 0) return value.toFixed(2);
  const below = Math.floor(Math.abs(value) * 100);
  const even = below % 2 === 0 ? below : below + 1;
  return ((Math.sign(value) * even) / 100).toFixed(2);
}

/** A landmark as the challenges' CSV files give it: 1-based pixels, two decimals (MODEL.md section 4.9). */
export const challengeCoordinates = ({ x, y }: Point): [string, string] => [
  formatHundredths(x + 1),
  formatHundredths(y + 1),
];
