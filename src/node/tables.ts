import { readFile } from 'node:fs/promises';
import { inputError, usageError } from '../errors.js';
import {
  type LandmarkTable,
  type LayoutOptions,
  parseResults,
  parseTable,
  type ResultTables,
} from '../landmarks/index.js';
import { parseCsv } from './csv.js';

/** Tables of landmarks are small; more than this is some other file. */
const MAX_TABLE_BYTES = 200e6;

async function readBytes(path: string): Promise<Buffer> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
    const reason = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : code;
    throw inputError(`${path} cannot be read: ${reason}.`, { cause });
  }
  if (bytes.length > MAX_TABLE_BYTES)
    throw inputError(`${path} has ${(bytes.length / 1e6).toFixed(0)} MB, too much for a table of landmarks.`);
  return bytes;
}

async function readSpreadsheet(bytes: Buffer, path: string): Promise<string[][]> {
  const { readSheet } = await import('read-excel-file/node');
  try {
    const rows = await readSheet(bytes);
    return rows.map((row) => row.map((cell) => (cell === null ? '' : String(cell))));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw inputError(`${path} cannot be read as a spreadsheet (.xlsx): ${reason}`, { cause });
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
