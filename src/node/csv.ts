import { CsvError, parse } from 'csv-parse/sync';
import { inputError } from '../errors.js';

/** A comma, unless the first line has none but semicolons or tabs. */
function delimiterOf(text: string): string {
  const [first = ''] = text.split('\n', 1);
  if (first.includes(',')) return ',';
  return first.includes(';') ? ';' : first.includes('\t') ? '\t' : ',';
}

/**
 * The cells of comma-separated text (or with semicolons or tabs).
 * @throws ZianError (input) where it is not a table
 */
export function parseCsv(text: string, source: string): string[][] {
  try {
    const rows: string[][] = parse(text, {
      bom: true,
      delimiter: delimiterOf(text),
      relaxColumnCount: true,
      skipEmptyLines: false,
    });
    return rows;
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw inputError(`${source} is not a table of comma-separated values: ${cause.message}.`, { cause });
  }
}
