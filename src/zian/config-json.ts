import { inputError } from '../errors.js';
import { printable } from '../printable.js';
import type { Bgr, Fail, Size, StageCounts, StageName, ZianConfig } from './config.js';
import { isDataset } from './config.js';
import { validateConfig } from './config-validation.js';

const FORMAT = 1;
const LARGEST_TEXT = 65_536;

/** The configuration as one line of JSON, for a model file's metadata. */
export const serializeConfig = (config: ZianConfig): string => JSON.stringify({ format: FORMAT, ...config });

type Entries = Readonly<Record<string, unknown>>;

const isEntries = (value: unknown): value is Entries =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isNumbers = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'number');

/** Reads the members of one JSON object and remembers which, so that unknown ones can be refused. */
class Members {
  readonly #entries: Entries;
  readonly #fail: Fail;
  readonly #left: Set<string>;

  constructor(entries: Entries, fail: Fail) {
    this.#entries = entries;
    this.#fail = fail;
    this.#left = new Set(Object.keys(entries));
  }

  #take<T>(key: string, wanted: string, guard: (value: unknown) => value is T): T {
    this.#left.delete(key);
    const value = Object.hasOwn(this.#entries, key) ? this.#entries[key] : undefined;
    if (!guard(value))
      throw this.#fail(
        `'${key}' is ${printable(JSON.stringify(value) ?? 'undefined', 80)}, but ${wanted} is needed`,
      );
    return value;
  }

  has = (key: string): boolean => Object.hasOwn(this.#entries, key);
  number = (key: string): number => this.#take(key, 'a number', (v): v is number => typeof v === 'number');
  boolean = (key: string): boolean =>
    this.#take(key, 'true or false', (v): v is boolean => typeof v === 'boolean');
  string = (key: string): string => this.#take(key, 'a string', (v): v is string => typeof v === 'string');
  entries = (key: string): Entries => this.#take(key, 'an object', isEntries);
  numbers = (key: string): readonly number[] => this.#take(key, 'a list of numbers', isNumbers);
  size = (key: string): Size =>
    this.#take(key, 'a list of two numbers', (v): v is Size => isNumbers(v) && v.length === 2);
  bgr = (key: string): Bgr =>
    this.#take(key, 'a list of three numbers', (v): v is Bgr => isNumbers(v) && v.length === 3);
  oneOf<T>(key: string, choices: readonly T[]): T {
    const wanted = `one of ${choices.map((c) => JSON.stringify(c)).join(', ')}`;
    return this.#take(key, wanted, (v): v is T => choices.some((choice) => choice === v));
  }

  end(): void {
    const [unknown] = this.#left;
    if (unknown !== undefined) {
      throw this.#fail(`'${printable(unknown, 80)}' is not known here; was it written by a newer version?`);
    }
  }
}

function stageCounts(entries: Entries, fail: Fail): StageCounts {
  const members = new Members(entries, fail);
  const counts: StageCounts = {
    ...(members.has('modules') ? { modules: members.number('modules') } : {}),
    ...(members.has('blocks') ? { blocks: members.numbers('blocks') } : {}),
    ...(members.has('channels') ? { channels: members.numbers('channels') } : {}),
  };
  members.end();
  return counts;
}

function stagesOf(entries: Entries, fail: Fail): Partial<Record<StageName, StageCounts>> {
  const members = new Members(entries, fail);
  const stages: Partial<Record<StageName, StageCounts>> = {};
  for (const name of ['STAGE2', 'STAGE3', 'STAGE4'] as const) {
    if (members.has(name)) stages[name] = stageCounts(members.entries(name), fail);
  }
  members.end();
  return stages;
}

/**
 * Reads what `serializeConfig` wrote. `source` names the file, for messages.
 * @throws inputError if the text is no such configuration, or one that cannot be
 */
export function deserializeConfig(text: string, source: string): ZianConfig {
  const fail: Fail = (sentence) =>
    inputError(`${source}: the ZIAN configuration in its metadata cannot be used: ${sentence}`);
  if (text.length > LARGEST_TEXT)
    throw fail(`it has ${text.length} characters, at most ${LARGEST_TEXT} are read`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw inputError(
      `${source}: the ZIAN configuration in its metadata is not JSON; convert the model again.`,
      { cause },
    );
  }
  if (!isEntries(value)) throw fail('it is not a JSON object');
  const members = new Members(value, fail);
  const format = members.number('format');
  if (format !== FORMAT)
    throw fail(`its format is ${format}, this version reads ${FORMAT}; convert the model again`);
  const dataset = members.string('dataset');
  if (!isDataset(dataset))
    throw fail(`'${printable(dataset, 80)}' is none of the data sets refuge, age, gamma`);
  const config: ZianConfig = {
    dataset,
    imageSize: members.size('imageSize'),
    cropSize: members.size('cropSize'),
    dsFactor: members.number('dsFactor'),
    regionRadius: members.number('regionRadius'),
    mean: members.bgr('mean'),
    std: members.bgr('std'),
    hrnetOnly: members.boolean('hrnetOnly'),
    tripRoi: members.boolean('tripRoi'),
    roiNum: members.oneOf('roiNum', [2, 3] as const),
    selfAttention: members.boolean('selfAttention'),
    coAttention: members.oneOf('coAttention', [false, 'gated', 'simple'] as const),
    flipTest: members.boolean('flipTest'),
    ...(members.has('clahe') ? { clahe: members.boolean('clahe') } : {}),
    ...(members.has('stages') ? { stages: stagesOf(members.entries('stages'), fail) } : {}),
  };
  members.end();
  return validateConfig(config, fail);
}
