import { printable } from '../printable.js';

/** What a spreadsheet takes for a formula. */
const FORMULA = /^'*[=+\-@]/;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/**
 * A cell of comma-separated values, in quotes where it needs them. Names come from files: control characters are written
 * as escapes, and what a spreadsheet would compute gets the apostrophe that makes it text.
 */
export function csvCell(text: string): string {
  const plain = printable(text, Number.POSITIVE_INFINITY);
  const cell = FORMULA.test(plain) && !NUMBER.test(plain) ? `'${plain}` : plain;
  return /[",]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** A cell as it was before `csvCell` made it text. */
export const cellText = (cell: string): string => (/^''*[=+\-@]/.test(cell) ? cell.slice(1) : cell);
