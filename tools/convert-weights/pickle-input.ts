import { PICKLE_LIMITS } from './pickle-limits.js';

/** The pickle goes on after the bytes at hand: the caller reads more, or the file is truncated. */
export class EndOfPickleInput extends Error {}

/** The pickle breaks a rule or a limit; `message` completes the sentence "FILE: its pickle …". */
export class PickleRefusal extends Error {}

/** Bytes of the longest text that V8 keeps flat while it grows by single characters. */
const SHORT_TEXT = 12;

/** A cursor over bytes with the fixed-width reads of the pickle format. */
export class PickleInput {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Bytes consumed so far. */
  get position(): number {
    return this.#at;
  }

  #advance(length: number): number {
    const start = this.#at;
    if (length > PICKLE_LIMITS.pickleBytes) throw new PickleRefusal(`has a value of ${length} bytes`);
    if (start + length > this.#bytes.byteLength) throw new EndOfPickleInput();
    this.#at = start + length;
    return start;
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  i32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  /** A 64-bit count; those beyond the safe integers are refused. */
  u64(): number {
    const value = Number(this.#view.getBigUint64(this.#advance(8), true));
    if (!Number.isSafeInteger(value)) throw new PickleRefusal(`announces a value of ${value} bytes`);
    return value;
  }

  /** The one big-endian number of the format. */
  f64(): number {
    return this.#view.getFloat64(this.#advance(8), false);
  }

  bytes(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** The next bytes as text, if they are all there and ASCII; otherwise nothing is consumed. */
  #ascii(length: number): string | undefined {
    let text = '';
    for (let i = this.#at; i < this.#at + length; i++) {
      const byte = this.#bytes[i];
      if (byte === undefined || byte >= 0x80) return undefined;
      text += String.fromCharCode(byte);
    }
    this.#at += length;
    return text;
  }

  text(length: number): string {
    // A pickle may hold a million names, and the decoder takes longer to be called than to read one.
    const short = length <= SHORT_TEXT ? this.#ascii(length) : undefined;
    if (short !== undefined) return short;
    const bytes = this.bytes(length);
    try {
      return this.#utf8.decode(bytes);
    } catch {
      throw new PickleRefusal('has a string that is not UTF-8');
    }
  }

  /** Text up to a line feed, which is consumed and left out. The caller charges for it. */
  line(): string {
    const limit = Math.min(this.#at + PICKLE_LIMITS.textLine + 1, this.#bytes.byteLength);
    const end = this.#bytes.subarray(this.#at, limit).indexOf(0x0a);
    if (end < 0) {
      if (limit === this.#bytes.byteLength) throw new EndOfPickleInput();
      throw new PickleRefusal(`has a line of more than ${PICKLE_LIMITS.textLine} characters`);
    }
    const text = this.text(end);
    this.#advance(1);
    return text;
  }

  /** A two's-complement little-endian integer of `length` bytes. */
  long(length: number): number | bigint {
    if (length > PICKLE_LIMITS.longBytes) throw new PickleRefusal(`has an integer of ${length} bytes`);
    const bytes = this.bytes(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] ?? 0);
    return narrow(BigInt.asIntN(8 * length, value));
  }
}

/** A number where it is exact, otherwise the bigint. */
export function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
