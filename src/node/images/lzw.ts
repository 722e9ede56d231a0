const CLEAR = 256;
const END = 257;
const LONGEST_CODE = 12;
const MOST_CODES = 1 << LONGEST_CODE;

/**
 * Decompresses TIFF's LZW (TIFF 6.0, section 13): codes of 9 to 12 bits, the highest bit first, that widen one code early.
 * What the data lack is left 0, and what they have too much is not read: the target's size bounds memory and time.
 *
 * @returns how many bytes of `target` were filled
 * @throws Error where a code stands for nothing yet
 */
export function unpackLzw(source: Uint8Array, target: Uint8Array): number {
  // Each code's string is that of an earlier code, its prefix, and one byte more.
  const prefixes = new Uint16Array(MOST_CODES);
  const lasts = new Uint8Array(MOST_CODES);
  const firsts = new Uint8Array(MOST_CODES);
  const lengths = new Uint16Array(MOST_CODES);
  for (let byte = 0; byte < CLEAR; byte++) {
    firsts[byte] = lasts[byte] = byte;
    lengths[byte] = 1;
  }
  let codes = END + 1;
  let width = 9;
  let previous: number | undefined;
  let bits = 0;
  let bitCount = 0;
  let from = 0;
  let to = 0;
  while (to < target.length) {
    while (bitCount < width) {
      if (from === source.length) return to;
      bits = ((bits << 8) | (source[from++] ?? 0)) & 0xff_ffff;
      bitCount += 8;
    }
    bitCount -= width;
    const code = (bits >> bitCount) & ((1 << width) - 1);
    if (code === END) break;
    if (code === CLEAR) {
      codes = END + 1;
      width = 9;
      previous = undefined;
      continue;
    }
    if (previous !== undefined && codes < MOST_CODES) {
      prefixes[codes] = previous;
      firsts[codes] = firsts[previous] ?? 0;
      lasts[codes] = firsts[code < codes ? code : previous] ?? 0;
      lengths[codes] = (lengths[previous] ?? 0) + 1;
      codes++;
    }
    if (code >= codes || (previous === undefined && code > END))
      throw new Error(`the LZW code ${code} comes before its string`);
    let rest = code;
    let at = to + (lengths[code] ?? 0);
    for (; at > target.length; at--) rest = prefixes[rest] ?? 0;
    const end = at;
    while (at > to) {
      target[--at] = lasts[rest] ?? 0;
      rest = prefixes[rest] ?? 0;
    }
    to = end;
    previous = code;
    if (codes + 1 >= 1 << width && width < LONGEST_CODE) width++;
  }
  return to;
}
