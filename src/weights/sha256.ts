import { type ByteSource, readPieces } from './byte-source.js';

/** An incremental SHA-256. */
export interface Sha256 {
  /** Appends bytes to the message. */
  update(bytes: Uint8Array): void;
  /** The digest of everything so far, in lower-case hexadecimal; nothing may follow. */
  digestHex(): string;
}

/** Starts a hash: `createSha256`, or a platform's faster one. */
export type Sha256Factory = () => Sha256;

const isPrime = (n: number): boolean => {
  for (let d = 2; d * d <= n; d++) if (n % d === 0) return false;
  return true;
};

/** The first 32 bits of the fractional part. */
const fraction = (x: number): number => ((x - Math.floor(x)) * 2 ** 32) | 0;

const PRIMES = Array.from({ length: 310 }, (_, i) => i + 2)
  .filter(isPrime)
  .slice(0, 64);

/** FIPS 180-4, section 4.2.2: cube roots of the first 64 primes. */
const ROUND_CONSTANTS = Int32Array.from(PRIMES, (p) => fraction(Math.cbrt(p)));

/** FIPS 180-4, section 5.3.3: square roots of the first 8 primes. */
const INITIAL_STATE = Int32Array.from(PRIMES.slice(0, 8), (p) => fraction(Math.sqrt(p)));

const rotate = (x: number, n: number): number => (x >>> n) | (x << (32 - n));

function expand(words: Int32Array, bytes: Uint8Array, at: number): void {
  for (let i = 0; i < 16; i++) {
    const p = at + 4 * i;
    words[i] =
      ((bytes[p] ?? 0) << 24) |
      ((bytes[p + 1] ?? 0) << 16) |
      ((bytes[p + 2] ?? 0) << 8) |
      (bytes[p + 3] ?? 0);
  }
  for (let i = 16; i < 64; i++) {
    const a = words[i - 15] ?? 0;
    const b = words[i - 2] ?? 0;
    const s0 = rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3);
    const s1 = rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10);
    words[i] = ((words[i - 16] ?? 0) + s0 + (words[i - 7] ?? 0) + s1) | 0;
  }
}

/** FIPS 180-4, section 6.2.2, for the block of 64 bytes at `at`. */
function compress(state: Int32Array, words: Int32Array, bytes: Uint8Array, at: number): void {
  expand(words, bytes, at);
  // Plain indexing: destructuring or a temporary array would allocate for every 64 bytes.
  let a = state[0] ?? 0;
  let b = state[1] ?? 0;
  let c = state[2] ?? 0;
  let d = state[3] ?? 0;
  let e = state[4] ?? 0;
  let f = state[5] ?? 0;
  let g = state[6] ?? 0;
  let h = state[7] ?? 0;
  for (let i = 0; i < 64; i++) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (ROUND_CONSTANTS[i] ?? 0) + (words[i] ?? 0)) | 0;
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0] = (state[0] ?? 0) + a;
  state[1] = (state[1] ?? 0) + b;
  state[2] = (state[2] ?? 0) + c;
  state[3] = (state[3] ?? 0) + d;
  state[4] = (state[4] ?? 0) + e;
  state[5] = (state[5] ?? 0) + f;
  state[6] = (state[6] ?? 0) + g;
  state[7] = (state[7] ?? 0) + h;
}

/** SHA-256 (FIPS 180-4) in plain TypeScript, because WebCrypto's digest wants all bytes at once. */
export function createSha256(): Sha256 {
  const state = INITIAL_STATE.slice();
  const words = new Int32Array(64);
  const block = new Uint8Array(64);
  let pending = 0;
  let total = 0;

  const update = (bytes: Uint8Array): void => {
    total += bytes.byteLength;
    let at = 0;
    if (pending > 0) {
      at = Math.min(64 - pending, bytes.byteLength);
      block.set(bytes.subarray(0, at), pending);
      pending += at;
      if (pending < 64) return;
      compress(state, words, block, 0);
      pending = 0;
    }
    for (; at + 64 <= bytes.byteLength; at += 64) compress(state, words, bytes, at);
    block.set(bytes.subarray(at));
    pending = bytes.byteLength - at;
  };

  return {
    update,
    digestHex() {
      const bits = BigInt(total) * 8n;
      const padding = new Uint8Array(((55 - (total % 64) + 64) % 64) + 9);
      padding[0] = 0x80;
      new DataView(padding.buffer).setBigUint64(padding.byteLength - 8, bits);
      update(padding);
      return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
    },
  };
}

/**
 * SHA-256 of a whole source, read in pieces.
 *
 * @param factory the platform's own implementation where it has an incremental one
 * @param onProgress called with bytes done and bytes in all
 */
export async function sha256Source(
  source: ByteSource,
  factory: Sha256Factory = createSha256,
  onProgress?: (done: number, total: number) => void,
): Promise<string> {
  const hash = factory();
  let done = 0;
  for await (const piece of readPieces(source, 0, source.size)) {
    hash.update(piece);
    done += piece.byteLength;
    onProgress?.(done, source.size);
  }
  return hash.digestHex();
}
