import { describe, expect, it } from 'vitest';
import { unpackLzw } from '../../src/node/images/lzw.js';
import { random } from '../support/random.js';

/** Bits, the highest first. */
class BitWriter {
  readonly #bytes: number[] = [];
  #bits = 0;
  #count = 0;

  write(value: number, width: number): void {
    for (let bit = width - 1; bit >= 0; bit--) {
      this.#bits = (this.#bits << 1) | ((value >> bit) & 1);
      if (++this.#count === 8) {
        this.#bytes.push(this.#bits);
        this.#bits = this.#count = 0;
      }
    }
  }

  bytes(): Uint8Array {
    while (this.#count > 0) this.write(0, 1);
    return Uint8Array.from(this.#bytes);
  }
}

/** TIFF 6.0's compressor, section 13, with strings as texts. */
function packLzw(data: Uint8Array): Uint8Array {
  const out = new BitWriter();
  let table = new Map<string, number>();
  let width = 9;
  const clear = (): void => {
    out.write(256, width);
    table = new Map(Array.from({ length: 256 }, (_, byte) => [String.fromCharCode(byte), byte]));
    width = 9;
  };
  clear();
  let text = '';
  const codeOf = (): number => table.get(text) ?? 0;
  for (const byte of data) {
    const next = text + String.fromCharCode(byte);
    if (table.has(next)) {
      text = next;
      continue;
    }
    out.write(codeOf(), width);
    const code = table.size + 2;
    table.set(next, code);
    if (code === 511 || code === 1023 || code === 2047) width++;
    if (code === 4094) clear();
    text = String.fromCharCode(byte);
  }
  if (text !== '') out.write(codeOf(), width);
  out.write(257, width);
  return out.bytes();
}

const unpacked = (
  packed: Uint8Array,
  size: number,
): { readonly have: number; readonly bytes: Uint8Array } => {
  const bytes = new Uint8Array(size);
  return { have: unpackLzw(packed, bytes), bytes };
};

describe('unpackLzw', () => {
  it('unpacks the example of TIFF 6.0', () => {
    const out = new BitWriter();
    for (const code of [256, 7, 258, 8, 8, 258, 6, 6, 257]) out.write(code, 9);
    expect([...unpacked(out.bytes(), 10).bytes]).toEqual([7, 7, 7, 8, 8, 7, 7, 6, 6, 0]);
    expect(unpacked(out.bytes(), 10).have).toBe(9);
  });

  it.each([
    [0, 4],
    [1, 1],
    [2, 3],
    [300, 1],
    [5_000, 2],
    [20_000, 256],
    [70_000, 3],
    [200_000, 40],
  ])('gives back %i bytes of %i values, with every width of codes and full tables', (size, values) => {
    const draw = random(size + values);
    const data = Uint8Array.from({ length: size }, () => Math.floor(draw() * values));
    const packed = packLzw(data);
    const { have, bytes } = unpacked(packed, size);
    expect(have).toBe(size);
    expect(Buffer.compare(bytes, data)).toBe(0);
  });

  it('stops where the target is full, in the middle of a string, and where the data end', () => {
    const data = Uint8Array.from({ length: 4_000 }, (_, i) => (i >> 7) & 255);
    const packed = packLzw(data);
    for (const size of [1, 2, 129, 1_000, 3_999]) {
      const { have, bytes } = unpacked(packed, size);
      expect(have).toBe(size);
      expect(Buffer.compare(bytes, data.subarray(0, size))).toBe(0);
    }
    for (const length of [0, 1, 2, 50, packed.length - 3]) {
      const { have, bytes } = unpacked(packed.subarray(0, length), data.length);
      expect(have).toBeLessThan(data.length);
      expect(Buffer.compare(bytes.subarray(0, have), data.subarray(0, have))).toBe(0);
    }
  });

  it('refuses codes that stand for nothing yet', () => {
    for (const codes of [
      [256, 258],
      [256, 65, 259],
      [256, 65, 400],
      [258, 258],
    ]) {
      const out = new BitWriter();
      for (const code of codes) out.write(code, 9);
      expect(() => unpacked(out.bytes(), 100)).toThrow(/comes before its string/);
    }
  });
});
