import { random } from '../support/random.js';

/** Numbers at which sizes, offsets and counts go wrong. */
export const EDGES: readonly number[] = [
  0,
  1,
  2,
  3,
  7,
  8,
  9,
  127,
  128,
  255,
  256,
  257,
  1000,
  32767,
  32768,
  65535,
  65536,
  2 ** 20,
  2 ** 24,
  2 ** 30,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 2,
  2 ** 32 - 1,
  2 ** 32,
  2 ** 40,
  2 ** 52,
  2 ** 53 - 1,
  2 ** 53,
  2 ** 63,
];

/** Strings that terminals, spreadsheets, JavaScript objects or paths take for something else. */
export const ODD_TEXTS: readonly string[] = [
  '',
  ' ',
  '\u0000',
  '\u001b[2J\u001b[31m',
  '\u009b31m',
  '\r\n',
  '\u202e',
  '\u2028',
  '__proto__',
  'constructor',
  'toString',
  '../../etc/passwd',
  '=1+1',
  "'=1",
  '@x',
  '-1',
  '1e999',
  'NaN',
  '.inf',
  '\ufeff',
  '\ud800',
  'x'.repeat(5000),
  '\u{e0001}',
  '"',
  '\\',
];

/** Draws from a seeded generator (mulberry32): the same seed gives the same mutant on every machine. */
export class Draw {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = random(seed);
  }

  /** An integer from 0 to below `limit`. */
  below(limit: number): number {
    return Math.floor(this.#next() * limit);
  }

  chance(probability: number): boolean {
    return this.#next() < probability;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }

  /** A number near `value`, or one at which sizes go wrong. */
  near(value: number): number {
    const kind = this.below(4);
    if (kind === 0) return Math.max(0, value + this.below(9) - 4);
    if (kind === 1) return Math.floor(value * this.pick([0, 0.5, 2, 3, 10]));
    return this.pick(EDGES);
  }

  /** A few changes of single bytes, or a piece cut, doubled or moved. */
  scrambled(bytes: Uint8Array): Uint8Array {
    if (bytes.length === 0) return bytes;
    const kind = this.below(5);
    const from = this.below(bytes.length);
    if (kind === 0) return bytes.slice(0, from);
    if (kind === 1) return join(bytes.subarray(0, from), bytes.subarray(from + 1 + this.below(16)));
    if (kind === 2) {
      const piece = bytes.subarray(from, from + 1 + this.below(64));
      return join(bytes.subarray(0, from), piece, bytes.subarray(from));
    }
    const copy = bytes.slice();
    for (let i = this.below(4); i >= 0; i--) {
      copy[this.below(copy.length)] = this.chance(0.5)
        ? this.below(256)
        : this.pick([0, 1, 0x7f, 0x80, 0xff]);
    }
    return copy;
  }

  /** One item left out, doubled, moved or replaced by another of the same list. */
  shuffled<T>(items: readonly T[]): T[] {
    const copy = [...items];
    if (copy.length === 0) return copy;
    const at = this.below(copy.length);
    const other = this.pick(copy);
    const kind = this.below(4);
    if (kind === 0) copy.splice(at, 1);
    else if (kind === 1) copy.splice(at, 0, other);
    else if (kind === 2) copy.splice(this.below(copy.length), 0, ...copy.splice(at, 1));
    else copy[at] = other;
    return copy;
  }
}

/** Byte strings, one after the other. */
export function join(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** The seed of one run: runs can be repeated one by one, and do not depend on those before. */
export const seedOf = (seed: number, run: number): number =>
  (Math.imul(seed, 0x9e3779b1) ^ Math.imul(run + 1, 0x85ebca6b)) >>> 0;
