import { table } from '../src/cli/table.js';

/** A heading row and rows under it; cells of the columns named are numbers. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Columns that are flush right. */
  readonly numbers: ReadonlySet<number>;
}

/** Three significant digits, never an exponent; a dash for what does not exist. */
export function digits(value: number): string {
  if (!Number.isFinite(value) || value === 0) return '-';
  const rounded = Math.abs(Number(value.toPrecision(3)));
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(rounded)));
  return value.toFixed(Math.min(decimals, 6));
}

export const mebibytes = (bytes: number): string => `${digits(bytes / 2 ** 20)} MiB`;

/** For a terminal. */
export const textTable = ({ head, rows, numbers }: Table): string =>
  `${table([head, ...rows], numbers).join('\n')}\n`;

/** For a Markdown file. */
export function markdownTable({ head, rows, numbers }: Table): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  const rule = head.map((_, i) => (numbers.has(i) ? '--:' : '---'));
  return `${[line(head), line(rule), ...rows.map(line)].join('\n')}\n`;
}
