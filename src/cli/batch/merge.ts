import { access } from 'node:fs/promises';
import { inputError, usageError } from '../../errors.js';
import { CHALLENGE_FORMATS, cellText, csvCell } from '../../landmarks/index.js';
import { readCells } from '../../node/tables.js';
import { type JournalContent, journalPath, readJournal, SETTINGS } from './journal.js';
import { isTableFormat, resultTable, type TableFormat } from './result-table.js';
import { unshard } from './shard.js';

/** Tables made one. */
export interface Merged {
  readonly text: string;
  readonly rows: number;
  /** Images without a row: not done yet. */
  readonly missing: readonly string[];
  /** Shards of which there is nothing, with the number of their images. */
  readonly missingShards: readonly { readonly shard: string; readonly images: number }[];
  /** Images that could not be used. */
  readonly failures: readonly { readonly image: string; readonly error: string }[];
}

/** How the merged table is written, where it is not as its parts are. */
export interface MergeOptions {
  readonly format?: TableFormat;
  readonly round?: boolean;
}

interface Part {
  readonly path: string;
  readonly journal: JournalContent | undefined;
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const JOURNAL = /\.journal\.jsonl$/;

async function readPart(path: string): Promise<Part> {
  const journal = await readJournal(JOURNAL.test(path) ? path : journalPath(path));
  if (journal === undefined && JOURNAL.test(path))
    throw inputError(`${path}: there is no journal in this file.`);
  return { path, journal };
}

/**
 * Joins tables of `zian localize`: by their journals, which know every image, or where there are none by their rows.
 * @throws ZianError: input where one is unusable, or they do not belong together; usage where some have journals only
 */
export async function mergeTables(paths: readonly string[], options: MergeOptions): Promise<Merged> {
  const parts: Part[] = [];
  for (const path of paths) parts.push(await readPart(path));
  const withJournal = parts.flatMap(({ path, journal }) =>
    journal === undefined ? [] : [{ path, journal }],
  );
  if (withJournal.length === parts.length) return mergeJournals(withJournal, options);
  const [first] = withJournal;
  if (first !== undefined) {
    const without = parts.filter(({ journal }) => journal === undefined).map(({ path }) => path);
    const there = await Promise.all(without.map(exists));
    const table = without.find((_, i) => there[i]);
    // Shards that have not run are told by the others.
    if (table === undefined && first.journal.session.shard !== null)
      return mergeJournals(withJournal, options);
    if (table === undefined)
      throw inputError(`${without[0]}: there is no such file, nor a journal of it; check the path.`);
    throw usageError(
      `${table} has no journal (${journalPath(table)}) and ${first.path} has; merge tables of one kind.`,
    );
  }
  if (options.format !== undefined || options.round !== undefined)
    throw usageError(
      '--format and --round need the tables’ journals; without them rows are joined as they are.',
    );
  return await mergeRows(paths);
}

type JournalPart = { readonly path: string; readonly journal: JournalContent };

/** Shards of one list in the list's order; other journals one after the other. */
function orderOf(
  parts: readonly JournalPart[],
): Pick<Merged, 'missingShards'> & { readonly names: string[] } {
  const [first] = parts;
  const sessions = parts.map(({ journal }) => journal.session);
  const { shard, list, total } = first?.journal.session ?? { shard: null, list: '', total: 0 };
  if (shard === null || sessions.some((session) => session.shard === null)) {
    return { names: sessions.flatMap(({ names }) => names), missingShards: [] };
  }
  const slots: (readonly string[] | undefined)[] = Array.from({ length: shard.count }, () => undefined);
  for (const [i, session] of sessions.entries()) {
    if (session.list !== list || session.shard?.count !== shard.count)
      throw inputError(
        `${parts[i]?.path} is not a shard of the same list as ${first?.path}: its images or the number of shards differ; run the shards over the same images.`,
      );
    const at = session.shard.index - 1;
    if (slots[at] !== undefined)
      throw inputError(`${parts[i]?.path} is shard ${at + 1}/${shard.count}, and so is a table before it.`);
    slots[at] = session.names;
  }
  const missingShards = slots.flatMap((names, i) => {
    const images = Math.ceil((total - i) / shard.count);
    return names === undefined && images > 0 ? [{ shard: `${i + 1}/${shard.count}`, images }] : [];
  });
  return { names: unshard(slots, total), missingShards };
}

function mergeJournals(parts: readonly JournalPart[], options: MergeOptions): Merged {
  const [first] = parts;
  if (first === undefined) throw new Error('there is a table');
  const { settings, output } = first.journal.session;
  for (const { path, journal } of parts) {
    const other = journal.session.settings;
    const differs = SETTINGS.find((key) => other[key] !== settings[key]);
    if (differs !== undefined)
      throw inputError(
        `${path} was made with another ${differs} than ${first.path}; their rows do not go together.`,
      );
  }
  const { names, missingShards } = orderOf(parts);
  const entries = new Map(parts.flatMap(({ journal }) => [...journal.entries]));
  if (new Set(names).size !== names.length) {
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    throw inputError(`'${twice}' is in several tables; merge tables of different images.`);
  }
  const results: unknown[] = [];
  const missing: string[] = [];
  const failures: { image: string; error: string }[] = [];
  for (const name of names) {
    const entry = entries.get(name);
    if (entry === undefined) missing.push(name);
    else if (entry.error !== undefined) failures.push({ image: name, error: entry.error });
    else results.push(entry.result);
  }
  const format = options.format ?? (isTableFormat(output.format) ? output.format : CHALLENGE_FORMATS[0]);
  const text = resultTable(results, format, options.round ?? output.round);
  return { text, rows: results.length, missing, missingShards, failures };
}

const rowText = (row: readonly string[]): string => row.map((cell) => csvCell(cellText(cell))).join(',');

async function mergeRows(paths: readonly string[]): Promise<Merged> {
  let header: string | undefined;
  const rows: string[] = [];
  const taken = new Map<string, string>();
  for (const path of paths) {
    const [first = [], ...body] = await readCells(path);
    const own = rowText(first);
    header ??= own;
    if (own !== header)
      throw inputError(
        `${path} has the columns '${own.slice(0, 200)}', and ${paths[0]} '${header.slice(0, 200)}'; they have to be alike.`,
      );
    for (const row of body) {
      const [name = ''] = row;
      const other = taken.get(name);
      if (other !== undefined) throw inputError(`'${name}' is in ${other} and in ${path}.`);
      if (row.every((cell) => cell === '')) continue;
      taken.set(name, path);
      rows.push(rowText(row));
    }
  }
  const text = [header ?? '', ...rows].map((line) => `${line}\n`).join('');
  return { text, rows: rows.length, missing: [], missingShards: [], failures: [] };
}
