import { CsvError, parse } from 'csv-parse/sync';
import { inputError } from '../errors.js';
import { printable } from '../printable.js';

/** A table of 100,000 images has about a tenth of these. */
const MAX_CELLS = 2_000_000;

const MAX_COLUMNS = 10_000;

/** Characters of a row, for where quotes never end. */
const MAX_ROW = 100_000;

/** A comma, unless the first line has none but semicolons or tabs. */
function delimiterOf(text: string): string {
  const end = text.indexOf('\n');
  const first = end < 0 ? text : text.slice(0, end);
  if (first.includes(',')) return ',';
  return first.includes(';') ? ';' : first.includes('\t') ? '\t' : ',';
}

/** Refuses more cells than any table of landmarks has: counted are delimiters and line breaks, so at least as many. */
function checkCells(text: string, delimiter: string, source: string): void {
  let cells = 0;
  let columns = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '\n' || c === '\r') columns = 0;
    else if (c === delimiter) columns++;
    else continue;
    if (++cells > MAX_CELLS || columns > MAX_COLUMNS) {
      const what = columns > MAX_COLUMNS ? `a row of more than ${MAX_COLUMNS}` : `more than ${MAX_CELLS}`;
      throw inputError(`${source} has ${what} cells, too many for a table of landmarks.`);
    }
  }
}

/**
 * The cells of comma-separated text (or with semicolons or tabs).
 * @throws ZianError (input) where it is not a table, or one of rows or cells beyond reason
 */
export function parseCsv(text: string, source: string): string[][] {
  const delimiter = delimiterOf(text);
  checkCells(text, delimiter, source);
  try {
    const rows: string[][] = parse(text, {
      bom: true,
      delimiter,
      relaxColumnCount: true,
      skipEmptyLines: false,
      maxRecordSize: MAX_ROW,
    });
    return rows;
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const reason = printable(cause.message).replace(/\.$/, '');
    throw inputError(`${source} is not a table of comma-separated values: ${reason}.`, { cause });
  }
}
