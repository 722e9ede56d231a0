import { inputError } from '../errors.js';
import type { Call, Kernel } from '../kernels/contract.js';
import { callSignature } from './call-signature.js';

/** What was measured for one call: medians in milliseconds by variant; `null` where a variant's answer was wrong. */
export interface TunedCall {
  readonly variant: string;
  readonly milliseconds: Readonly<Record<string, number | null>>;
}

const FORMAT = 'zian-webgpu tuning';
/** Raised when kernels change so much that older measurements mislead. */
const FORMAT_VERSION = 1;
/** Far more calls than any model has; a file with more is none of ours. */
const MOST_CALLS = 100_000;

/** The fastest variants of the calls that were measured on one adapter. */
export class TuningTable {
  readonly adapter: string;
  readonly #calls: Map<string, TunedCall>;

  constructor(adapter: string, calls: Iterable<readonly [string, TunedCall]> = []) {
    this.adapter = adapter;
    this.#calls = new Map(calls);
  }

  get size(): number {
    return this.#calls.size;
  }

  /** By the call's signature, in the order in which they were measured. */
  entries(): IterableIterator<[string, TunedCall]> {
    return this.#calls.entries();
  }

  get(kernel: Kernel, call: Call): TunedCall | undefined {
    return this.#calls.get(callSignature(kernel, call));
  }

  set(kernel: Kernel, call: Call, tuned: TunedCall): void {
    this.#calls.set(callSignature(kernel, call), tuned);
  }

  /** Adds another table's measurements; where both have one, the other's counts. */
  merge(other: TuningTable): void {
    for (const [signature, tuned] of other.entries()) this.#calls.set(signature, tuned);
  }

  /** As JSON, which `parseTuningTable` reads. */
  serialize(): string {
    const calls = Object.fromEntries(this.#calls);
    return `${JSON.stringify({ format: FORMAT, version: FORMAT_VERSION, adapter: this.adapter, calls }, undefined, 1)}\n`;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parseCall(value: unknown): TunedCall | undefined {
  if (!isRecord(value) || typeof value.variant !== 'string' || !isRecord(value.milliseconds))
    return undefined;
  const milliseconds: [string, number | null][] = [];
  for (const [variant, time] of Object.entries(value.milliseconds)) {
    if (time !== null && !(typeof time === 'number' && time >= 0)) return undefined;
    milliseconds.push([variant, time]);
  }
  return { variant: value.variant, milliseconds: Object.fromEntries(milliseconds) };
}

/**
 * Reads what `serialize` wrote.
 * @param source the file's name, for messages
 * @throws ZianError (input) where it is anything else, or of another version
 */
export function parseTuningTable(text: string, source: string): TuningTable {
  const bad = (why: string) => inputError(`${source} is no tuning table of this program: ${why}.`);
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw inputError(`${source} is no tuning table of this program: it is not JSON.`, { cause });
  }
  if (!isRecord(content) || content.format !== FORMAT) throw bad(`it has no "format": "${FORMAT}"`);
  if (content.version !== FORMAT_VERSION)
    throw bad(`its version is ${JSON.stringify(content.version)}, expected ${FORMAT_VERSION}; tune again`);
  if (typeof content.adapter !== 'string' || !isRecord(content.calls))
    throw bad('"adapter" must be text and "calls" an object');
  const entries = Object.entries(content.calls);
  if (entries.length > MOST_CALLS) throw bad(`it has ${entries.length} calls, more than ${MOST_CALLS}`);
  return new TuningTable(
    content.adapter,
    entries.map(([signature, value]) => {
      const call = parseCall(value);
      if (!call) throw bad(`the entry '${signature.slice(0, 80)}' needs "variant" and "milliseconds"`);
      return [signature, call] as const;
    }),
  );
}
