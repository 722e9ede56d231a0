import { createHash } from 'node:crypto';
import { type FileHandle, open, readFile, rm } from 'node:fs/promises';
import { inputError, usageError, type ZianError } from '../../errors.js';
import { Lock } from './lock.js';
import type { Shard } from './shard.js';

/** What a journal's results depend on, apart from the images. */
export interface JournalSettings {
  /** SHA-256 of the model file. */
  readonly model: string;
  readonly task: string;
  readonly dtype: string;
  /** Where it was not left to the model's configuration. */
  readonly flipTest?: boolean;
  readonly refine?: string;
  /** SHA-256 of the calibration. */
  readonly calibration?: string;
}

/** All of them, as journals are compared by. */
export const SETTINGS = ['model', 'task', 'dtype', 'flipTest', 'refine', 'calibration'] as const;

/** A run that wrote, or writes, to a journal. */
export interface JournalSession {
  /** Version of this file's format. */
  readonly journal: 1;
  readonly settings: JournalSettings;
  /** How the table is written. */
  readonly output: { readonly format: string; readonly round: boolean };
  /** Images of the whole list, and the SHA-256 of their names. */
  readonly total: number;
  readonly list: string;
  readonly shard: Shard | null;
  /** Names of this shard's images, in the list's order. */
  readonly names: readonly string[];
}

/** What came of one image. */
export interface JournalEntry {
  readonly name: string;
  /** Tells whether the file has changed since. */
  readonly stamp: string;
  /** As `--json` prints it, with the table's name for the image. */
  readonly result?: unknown;
  /** Why there is no result. */
  readonly error?: string;
}

export const journalPath = (table: string): string => `${table}.journal.jsonl`;

export const listHash = (names: readonly string[]): string =>
  createHash('sha256').update(names.join('\n')).digest('hex');

/** A journal's content: its last session, and the last entry of each image. */
export interface JournalContent {
  readonly session: JournalSession;
  readonly entries: ReadonlyMap<string, JournalEntry>;
  /** Bytes up to the last whole line: a run that was killed may have left a piece of one. */
  readonly wholeBytes: number;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isEntry = (value: unknown): value is JournalEntry =>
  isObject(value) &&
  typeof value.name === 'string' &&
  typeof value.stamp === 'string' &&
  (typeof value.error === 'string' || isObject(value.result));

const isStrings = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

const isShard = (value: unknown): value is Shard =>
  isObject(value) && Number.isInteger(value.index) && Number.isInteger(value.count);

const isSession = (value: unknown): value is JournalSession =>
  isObject(value) &&
  value.journal === 1 &&
  isObject(value.settings) &&
  isObject(value.output) &&
  typeof value.output.format === 'string' &&
  typeof value.output.round === 'boolean' &&
  Number.isInteger(value.total) &&
  typeof value.list === 'string' &&
  (value.shard === null || isShard(value.shard)) &&
  isStrings(value.names);

const FIRST = '{"journal":1,';
const isBeginning = (text: string): boolean => text.startsWith(FIRST) || FIRST.startsWith(text);

/**
 * Reads a journal, or undefined where there is none or nothing in it.
 * @throws ZianError (input) where the file is something else
 */
export async function readJournal(path: string): Promise<JournalContent | undefined> {
  const bytes = await readFile(path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw inputError(`${path}: the journal cannot be read.`, { cause: error });
  });
  if (bytes === undefined) return undefined;
  const wholeBytes = bytes.lastIndexOf(10) + 1;
  const notOurs = (where: string) =>
    inputError(
      `${path}${where}: this is no journal of \`zian localize\`; remove the file, or write to another table.`,
    );
  // What a run leaves that is killed while it writes its first line.
  if (wholeBytes === 0 && !isBeginning(bytes.toString('utf8'))) throw notOurs('');
  let session: JournalSession | undefined;
  const entries = new Map<string, JournalEntry>();
  for (const [i, line] of bytes.toString('utf8', 0, wholeBytes).split('\n').entries()) {
    if (line === '') continue;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      value = undefined;
    }
    if (isSession(value)) session = value;
    else if (session !== undefined && isEntry(value)) entries.set(value.name, value);
    else
      throw inputError(
        `${path}, line ${i + 1}: this is no journal of \`zian localize\`; remove the file, or write to another table.`,
      );
  }
  return session && { session, entries, wholeBytes };
}

/** At most so often, in milliseconds, the disk is waited for: what a power failure may cost. */
const SYNC_EVERY = 2000;

/**
 * Results so far, on disk: each is a line of JSON, written when it is there. A run that is killed loses what it was at,
 * and the next one goes on behind it.
 */
export class Journal {
  readonly #handle: FileHandle;
  readonly #lock: Lock;
  #failure: ZianError | undefined;
  #last: Promise<void> = Promise.resolve();
  #synced = performance.now();

  private constructor(handle: FileHandle, lock: Lock) {
    this.#handle = handle;
    this.#lock = lock;
  }

  /**
   * Opens the journal of a table, and begins a session in it.
   * @param restart to forget what is in it
   * @returns what was done before, by name
   * @throws ZianError: usage where another run writes to it, it was made with another model or other settings, or cannot
   *   be written; input
   *   where the file is no journal
   */
  static async open(
    path: string,
    session: JournalSession,
    restart: boolean,
  ): Promise<{ readonly journal: Journal; readonly before: ReadonlyMap<string, JournalEntry> }> {
    const lock = await Lock.take(`${path}.lock`, path);
    try {
      return await Journal.#openLocked(path, session, restart, lock);
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  static async #openLocked(
    path: string,
    session: JournalSession,
    restart: boolean,
    lock: Lock,
  ): Promise<{ readonly journal: Journal; readonly before: ReadonlyMap<string, JournalEntry> }> {
    if (restart) await rm(path, { force: true });
    const content = await readJournal(path);
    if (content !== undefined) refuseOtherSettings(path, content.session.settings, session.settings);
    const handle = await open(path, 'a').catch((cause: unknown) => {
      const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
      throw usageError(`${path} cannot be written: ${code}.`, { cause });
    });
    await handle.truncate(content?.wholeBytes ?? 0);
    const journal = new Journal(handle, lock);
    await journal.#append(session);
    return { journal, before: content?.entries ?? new Map<string, JournalEntry>() };
  }

  /** Writes an entry; `close` waits for it, and tells whether it failed. */
  add(entry: JournalEntry): void {
    this.#last = this.#last
      .then(() => this.#append(entry))
      .catch((cause: unknown) => {
        this.#failure ??= usageError('The journal of results cannot be written; is the disk full?', {
          cause,
        });
      });
  }

  /** What has kept an entry from being written, if anything has. */
  get failure(): ZianError | undefined {
    return this.#failure;
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#handle.datasync().catch(() => undefined);
    await this.#handle.close();
    await this.#lock.release();
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #append(value: JournalSession | JournalEntry): Promise<void> {
    await this.#handle.appendFile(`${JSON.stringify(value)}\n`);
    const now = performance.now();
    if (now - this.#synced < SYNC_EVERY) return;
    this.#synced = now;
    await this.#handle.datasync();
  }
}

const SETTING_NAMES = {
  model: 'model',
  task: '--task',
  dtype: '--dtype',
  flipTest: '--flip-test',
  refine: '--refine',
  calibration: '--calibration',
} as const;

function refuseOtherSettings(path: string, before: JournalSettings, now: JournalSettings): void {
  for (const key of SETTINGS) {
    if (before[key] === now[key]) continue;
    const hash = key === 'model' || key === 'calibration';
    const values = hash ? '' : ` (${before[key] ?? 'none'}, now ${now[key] ?? 'none'})`;
    throw usageError(
      `${path} holds results with another ${SETTING_NAMES[key]}${values}; write to another table, or forget them with --restart.`,
    );
  }
}
