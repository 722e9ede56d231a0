import { stat } from 'node:fs/promises';
import { writeFileAtomic } from '../../node/atomic-file.js';
import type { BatchImage } from './batch.js';
import {
  Journal,
  type JournalEntry,
  type JournalSettings,
  journalPath,
  listHash,
  readJournal,
} from './journal.js';
import { resultTable, type TableFormat } from './result-table.js';
import type { Shard } from './shard.js';

/** An image with its row's name. */
export interface TableImage extends BatchImage {
  readonly name: string;
}

export interface TableRequest<T extends TableImage> {
  /** Path of the table. */
  readonly path: string;
  readonly format: TableFormat;
  /** Whole pixels. */
  readonly round: boolean;
  /** Forget what was done before. */
  readonly restart: boolean;
  readonly settings: JournalSettings;
  /** Names of the whole list, of which `images` are a shard's. */
  readonly list: readonly string[];
  readonly shard: Shard | undefined;
  readonly images: readonly T[];
}

/** Size and time of change: the same as long as the file was not written to. */
async function stampOf(path: string): Promise<string> {
  const info = await stat(path).catch(() => undefined);
  return info === undefined ? 'missing' : `${info.size} ${Math.round(info.mtimeMs)}`;
}

const exists = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined)) !== undefined;

/** A table of results that is being made, in one run or several: what is done is kept in a journal beside it. */
export class TableRun<T extends TableImage> {
  /** Images that are left to do. */
  readonly todo: readonly T[];
  /** Images that an earlier run could not use, and that have not changed since, with the reasons. */
  readonly failedBefore: readonly { readonly image: T; readonly message: string }[];
  readonly #request: TableRequest<T>;
  readonly #journal: Journal;
  readonly #stamps: ReadonlyMap<string, string>;

  private constructor(
    request: TableRequest<T>,
    journal: Journal,
    stamps: ReadonlyMap<string, string>,
    before: ReadonlyMap<string, JournalEntry>,
    drawn: ReadonlySet<string>,
  ) {
    this.#request = request;
    this.#journal = journal;
    this.#stamps = stamps;
    const known = (image: T): JournalEntry | undefined => {
      const entry = before.get(image.name);
      const stamp = stamps.get(image.name);
      return entry?.stamp === stamp && stamp !== 'missing' ? entry : undefined;
    };
    this.failedBefore = request.images.flatMap((image) => {
      const message = known(image)?.error;
      return message === undefined ? [] : [{ image, message }];
    });
    this.todo = request.images.filter((image) => {
      const entry = known(image);
      if (entry === undefined) return true;
      return entry.error === undefined && image.overlay !== undefined && !drawn.has(image.name);
    });
  }

  /**
   * Finds out what is left to do.
   * @throws ZianError: usage where the journal is of other settings, or cannot be written; input where it is none
   */
  static async open<T extends TableImage>(request: TableRequest<T>): Promise<TableRun<T>> {
    const { path, settings, format, round, list, shard, images, restart } = request;
    const stamps = new Map<string, string>();
    const drawn = new Set<string>();
    for (const image of images) {
      stamps.set(image.name, await stampOf(image.path));
      if (image.overlay !== undefined && (await exists(image.overlay))) drawn.add(image.name);
    }
    const session = {
      journal: 1 as const,
      settings,
      output: { format, round },
      total: list.length,
      list: listHash(list),
      shard: shard ?? null,
      names: images.map(({ name }) => name),
    };
    const { journal, before } = await Journal.open(journalPath(path), session, restart);
    return new TableRun(request, journal, stamps, before, drawn);
  }

  result(image: T, json: object): void {
    this.#add(image, { result: { ...json, image: image.name } });
  }

  failure(image: T, message: string): void {
    this.#add(image, { error: message });
  }

  #add(image: T, outcome: Pick<JournalEntry, 'result' | 'error'>): void {
    // A full disk ends the run at once, rather than after hours.
    if (this.#journal.failure !== undefined) throw this.#journal.failure;
    this.#journal.add({ name: image.name, stamp: this.#stamps.get(image.name) ?? 'missing', ...outcome });
  }

  /** Waits until everything is on disk. */
  close(): Promise<void> {
    return this.#journal.close();
  }

  /**
   * Writes the table from the journal, in the list's order; images without a result have no row. After `close`.
   * @returns number of rows
   */
  async write(): Promise<number> {
    const { path, format, round, images } = this.#request;
    const content = await readJournal(journalPath(path));
    const results = images.flatMap(({ name }) => {
      const entry = content?.entries.get(name);
      return entry?.result === undefined || entry.stamp !== this.#stamps.get(name) ? [] : [entry.result];
    });
    await writeFileAtomic(path, resultTable(results, format, round));
    return results.length;
  }
}
