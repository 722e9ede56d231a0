import { inputError, usageError } from '../errors.js';
import {
  type LandmarkTable,
  type LayoutOptions,
  parseResults,
  parseTable,
  type ResultTables,
} from '../landmarks/index.js';
import { printable } from '../printable.js';
import { parseCsv } from './csv.js';
import { readRegularFile } from './read-file.js';

/** Tables of landmarks are small; more than this is some other file. */
const MAX_TABLE_BYTES = 50e6;

const readBytes = (path: string): Promise<Buffer> =>
  readRegularFile(path, MAX_TABLE_BYTES, 'a table of landmarks');

/** What a spreadsheet may unpack to: its text is some ten times as long as the table. */
const MAX_UNPACKED_BYTES = 64e6;

const ENTRY_SIGNATURE = Buffer.from('PK\x01\x02', 'latin1');

/** Bytes that a zip archive's directory announces; whatever looks like an entry of it counts. */
function announcedBytes(archive: Buffer): number {
  let total = 0;
  for (let at = archive.indexOf(ENTRY_SIGNATURE); at >= 0; at = archive.indexOf(ENTRY_SIGNATURE, at + 4)) {
    if (at + 28 <= archive.length) total += archive.readUInt32LE(at + 24);
  }
  return total;
}

async function readSpreadsheet(bytes: Buffer, path: string): Promise<string[][]> {
  const announced = announcedBytes(bytes);
  if (announced > MAX_UNPACKED_BYTES) {
    throw inputError(
      `${path} looks like a zip bomb: as a spreadsheet it would unpack to ${announced} bytes, too many for a table of landmarks.`,
    );
  }
  const { readSheet } = await import('read-excel-file/node');
  try {
    const rows = await readSheet(bytes);
    return rows.map((row) => row.map((cell) => (cell === null ? '' : String(cell))));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw inputError(
      `${path} cannot be read as a spreadsheet (.xlsx): ${printable(reason).replace(/\.$/, '')}.`,
      { cause },
    );
  }
}

/** A small file's text. */
export const readText = async (path: string): Promise<string> =>
  (await readBytes(path)).toString('utf8').replace(/^\ufeff/, '');

const isZip = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b;

/** The cells of a .csv or .xlsx file (its first sheet), told apart by content. */
export async function readCells(path: string): Promise<string[][]> {
  const bytes = await readBytes(path);
  if (isZip(bytes)) return await readSpreadsheet(bytes, path);
  return parseCsv(bytes.toString('utf8'), path);
}

/**
 * Reads a table of landmarks from a .csv or .xlsx file.
 * @throws ZianError: input where it is no such table; usage where the layout does not fit it
 */
export async function readLandmarks(path: string, options: LayoutOptions = {}): Promise<LandmarkTable> {
  const table = parseTable(await readCells(path), path, options);
  if (table.rows.length === 0) throw inputError(`${path} has no rows below its header.`);
  return table;
}

/** Landmarks that were found: results with both stages, or a table of the final ones alone. */
export type Predictions = { readonly results: ResultTables } | { readonly table: LandmarkTable };

/**
 * Reads what `zian localize` wrote (.json, .jsonl, .csv), or anybody's table (.csv, .xlsx).
 * @throws ZianError: input where it is neither; usage where the layout does not fit it
 */
export async function readPredictions(path: string, options: LayoutOptions = {}): Promise<Predictions> {
  const bytes = await readBytes(path);
  if (isZip(bytes)) return { table: parseTable(await readSpreadsheet(bytes, path), path, options) };
  const text = bytes.toString('utf8').replace(/^\ufeff/, '');
  if (!/^\s*[[{]/.test(text)) return { table: parseTable(parseCsv(text, path), path, options) };
  if (options.layout !== undefined)
    throw usageError(`${path} is JSON, which has one layout only; leave out the layout.`);
  return { results: parseResults(text, path) };
}
