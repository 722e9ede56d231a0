import { type Draw, EDGES, join, ODD_TEXTS } from '../draw.js';

/** One opcode with its argument's bytes. */
export interface Token {
  readonly code: number;
  readonly argument: Uint8Array;
}

/** Bytes of fixed-width arguments, by opcode. */
const FIXED: Readonly<Record<string, number>> = {
  J: 4,
  K: 1,
  M: 2,
  G: 8,
  h: 1,
  j: 4,
  q: 1,
  r: 4,
  '\x80': 1,
  '\x95': 8,
  '\x82': 1,
  '\x83': 2,
  '\x84': 4,
};
/** Bytes of the length before arguments of any length. */
const COUNTED: Readonly<Record<string, number>> = {
  X: 4,
  U: 1,
  T: 4,
  B: 4,
  C: 1,
  '\x8a': 1,
  '\x8b': 4,
  '\x8c': 1,
  '\x8d': 8,
  '\x8e': 8,
  '\x96': 8,
};
/** Lines of text that follow. */
const LINES: Readonly<Record<string, number>> = {
  I: 1,
  L: 1,
  F: 1,
  S: 1,
  V: 1,
  P: 1,
  p: 1,
  g: 1,
  c: 2,
  i: 2,
};

function argumentLength(code: number, rest: Uint8Array): number {
  const char = String.fromCharCode(code);
  const fixed = FIXED[char];
  if (fixed !== undefined) return fixed;
  const counted = COUNTED[char];
  if (counted !== undefined) {
    let length = 0;
    for (let i = Math.min(counted, 4) - 1; i >= 0; i--) length = length * 256 + (rest[i] ?? 0);
    return counted + length;
  }
  let end = 0;
  for (let line = LINES[char] ?? 0; line > 0; line--) end = rest.indexOf(10, end) + 1;
  return end;
}

/** The opcodes of the pickle at the start of `bytes`, up to its STOP, and where it ends. */
export function tokenize(bytes: Uint8Array): { tokens: Token[]; end: number } {
  const tokens: Token[] = [];
  for (let at = 0; at < bytes.length; ) {
    const code = bytes[at++] ?? 0;
    const length = argumentLength(code, bytes.subarray(at));
    tokens.push({ code, argument: bytes.slice(at, at + length) });
    at += length;
    if (code === 0x2e) return { tokens, end: at };
  }
  return { tokens, end: bytes.length };
}

export const encodeTokens = (tokens: readonly Token[]): Uint8Array =>
  join(...tokens.flatMap(({ code, argument }) => [[code], argument]));

/** A counted argument with its length in front, as the opcode wants it. */
function counted(code: number, content: Uint8Array): Token {
  const width = COUNTED[String.fromCharCode(code)] ?? 1;
  const length = new Uint8Array(width);
  for (let i = 0, rest = content.length; i < width; i++, rest = Math.floor(rest / 256))
    length[i] = rest % 256;
  return { code, argument: join(length, content) };
}

const text = (value: string): Token => counted(0x58, new TextEncoder().encode(value));

function int(value: number): Token {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, BigInt.asIntN(64, BigInt(Math.floor(value))), true);
  return counted(0x8a, bytes);
}

const global = (module: string, name: string): Token => ({
  code: 0x63,
  argument: new TextEncoder().encode(`${module}\n${name}\n`),
});
const bare = (char: string): Token => ({ code: char.charCodeAt(0), argument: new Uint8Array(0) });

const GLOBALS: readonly (readonly [string, string])[] = [
  ['os', 'system'],
  ['posix', 'system'],
  ['builtins', 'eval'],
  ['builtins', 'getattr'],
  ['__builtin__', 'set'],
  ['collections', 'OrderedDict'],
  ['torch', 'FloatStorage'],
  ['torch._utils', '_rebuild_tensor_v2'],
  ['torch._utils', '_rebuild_tensor_v3'],
  ['torch._utils', '_rebuild_parameter'],
  ['torch._tensor', '_rebuild_from_type_v2'],
  ['torch', 'Size'],
  ['torch', 'UntypedStorage'],
  ['torch', 'bfloat16'],
  ['_codecs', 'encode'],
  ['builtins', 'bytearray'],
  ['__proto__', 'x'],
  ['torch', '__proto__'],
  ['numpy.core.multiarray', 'scalar'],
  ['\u001b[31m', 'x'],
];

function drawToken(draw: Draw): Token {
  const kind = draw.below(6);
  if (kind === 0) return { code: draw.below(256), argument: draw.bytes(draw.below(9)) };
  if (kind === 1) return text(draw.pick(ODD_TEXTS));
  if (kind === 2) return int(draw.pick([...EDGES, -1, -(2 ** 40)]));
  if (kind === 3) return global(...draw.pick(GLOBALS));
  return bare(draw.pick([...'(.012N]}){\x85\x86\x87\x88\x89\x8f\x90\x91\x92\x93\x94Rbtldeasu\x81Q']));
}

function changed(draw: Draw, token: Token): Token {
  const { code, argument } = token;
  const width = COUNTED[String.fromCharCode(code)];
  if (width !== undefined && draw.chance(0.8)) {
    const content = argument.subarray(width);
    const kind = draw.below(3);
    if (kind === 0) return counted(code, draw.scrambled(content));
    if (kind === 1) return text(draw.pick(ODD_TEXTS));
    return { code, argument: join(draw.bytes(width), content) };
  }
  if (argument.length > 0 && draw.chance(0.7)) return { code, argument: draw.scrambled(argument) };
  return drawToken(draw);
}

/** Opcodes left out, doubled, moved, replaced, repeated without end, or with another argument. */
export function mutateTokens(draw: Draw, tokens: readonly Token[]): Token[] {
  let result = [...tokens];
  for (let i = draw.below(3); i >= 0 && result.length > 0; i--) {
    const at = draw.below(result.length);
    const token = result[at] ?? bare('N');
    const kind = draw.below(6);
    if (kind === 0) result = draw.shuffled(result);
    else if (kind === 1) result.splice(at, 0, drawToken(draw));
    else if (kind === 2)
      result.splice(at, 0, ...Array.from({ length: draw.pick([2, 70, 3000]) }, () => token));
    else if (kind === 3) {
      // A piece again, such as a list of the same lists.
      const piece = result.slice(at, at + 1 + draw.below(12));
      result.splice(at, 0, ...Array.from({ length: draw.pick([1, 5, 200]) }, () => piece).flat());
    } else result[at] = changed(draw, token);
  }
  return result;
}
