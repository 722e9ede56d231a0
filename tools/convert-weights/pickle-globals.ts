import { PickleRefusal } from './pickle-input.js';
import { COST } from './pickle-limits.js';
import { isKind, type PickleValue, type PyDict } from './pickle-values.js';

/** What a constructor may use: the memory budget, and calls of other allowed globals. */
export interface ConstructContext {
  charge(bytes: number): void;
  call(global: PickleValue | undefined, args: PickleValue | undefined): PickleValue;
}

/** Turns a call of a global into plain data. It stands for the call; nothing is ever executed. */
export type Construct = (args: readonly PickleValue[], context: ConstructContext) => PickleValue;

/** Names that may be mentioned but not called, next to those that stand for plain data. */
export type GlobalTable = ReadonlyMap<string, Construct | null>;

/** A call that gives something of no use here. */
export const opaque =
  (typeName: string): Construct =>
  () => ({ kind: 'opaque', typeName });

function itemsOf(value: PickleValue | undefined, { charge }: ConstructContext): readonly PickleValue[] {
  if (value === undefined) return [];
  if (isKind(value, 'list') || isKind(value, 'tuple') || isKind(value, 'set')) {
    charge(value.items.length * COST.slot);
    return value.items;
  }
  throw new PickleRefusal('builds a container from something that is no list, tuple or set');
}

/** Lists, dicts and sets cannot be keys in Python either. */
export function setItem(dict: PyDict, key: PickleValue, value: PickleValue): void {
  if (isKind(key, 'list') || isKind(key, 'dict') || isKind(key, 'set')) {
    throw new PickleRefusal(`uses a ${key.kind} as a key`);
  }
  dict.entries.set(key, value);
}

/** `dict()`, `dict(mapping)` or `dict(pairs)`. */
function makeDict(content: PickleValue | undefined, context: ConstructContext): PyDict {
  context.charge(COST.dict);
  const dict: PyDict = { kind: 'dict', entries: new Map() };
  if (isKind(content, 'dict')) {
    context.charge(content.entries.size * COST.entry);
    for (const [key, value] of content.entries) dict.entries.set(key, value);
    return dict;
  }
  for (const pair of itemsOf(content, context)) {
    const [key, value] = itemsOf(pair, context);
    if (key === undefined || value === undefined) {
      throw new PickleRefusal('builds a dict from something that is no list of pairs');
    }
    context.charge(COST.entry);
    setItem(dict, key, value);
  }
  return dict;
}

/** Bytes as protocols below 3 write them: text whose characters are the bytes. */
function encode([text, encoding]: readonly PickleValue[], { charge }: ConstructContext): PickleValue {
  if (typeof text !== 'string' || (encoding !== 'latin1' && encoding !== 'latin-1')) {
    throw new PickleRefusal('calls "_codecs.encode" for something else than latin1 text');
  }
  charge(text.length + COST.bytes);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0xff) throw new PickleRefusal('encodes text as latin1 that is none');
    bytes[i] = code;
  }
  return bytes;
}

/** `bytes()`, `bytearray()` and `bytearray(bytes)`: not with a number, which would allocate. */
function makeBytes([content]: readonly PickleValue[]): PickleValue {
  if (content === undefined) return new Uint8Array(0);
  if (content instanceof Uint8Array) return content;
  throw new PickleRefusal('builds a bytearray from something that is no bytes');
}

const makeSet: Construct = ([content], context) => ({
  kind: 'set',
  items: [...itemsOf(content, context)],
});

const makeList: Construct = ([content], context) => ({
  kind: 'list',
  items: [...itemsOf(content, context)],
});

const NUMPY_TYPES: ReadonlyMap<string, string> = new Map([
  ['b1', 'bool'],
  ...[1, 2, 4, 8].flatMap((n): [string, string][] => [
    [`i${n}`, `int${8 * n}`],
    [`u${n}`, `uint${8 * n}`],
  ]),
  ...[2, 4, 8].map((n): [string, string] => [`f${n}`, `float${8 * n}`]),
  ...[8, 16].map((n): [string, string] => [`c${n}`, `complex${8 * n}`]),
]);

const NUMPY_DTYPE = 'numpy.dtype ';

const numpyDtype: Construct = ([code]) => {
  const name = typeof code === 'string' ? code.slice(0, 16) : '?';
  return { kind: 'opaque', typeName: NUMPY_DTYPE + (NUMPY_TYPES.get(name) ?? name) };
};

const numpyScalar: Construct = ([dtype]) => {
  const name = isKind(dtype, 'opaque') && dtype.typeName.startsWith(NUMPY_DTYPE) ? dtype.typeName : '?';
  return { kind: 'opaque', typeName: `numpy scalar ${name.slice(NUMPY_DTYPE.length)}` };
};

/**
 * The globals of Python and numpy that a checkpoint may mention: those of `torch.load(weights_only=True)`,
 * `collections.defaultdict` with the types it is used with, numpy scalars and argparse namespaces.
 */
export const PYTHON_GLOBALS: GlobalTable = new Map<string, Construct | null>([
  ['collections.OrderedDict', ([content], context) => makeDict(content, context)],
  ['collections.Counter', ([content], context) => makeDict(content, context)],
  ['collections.defaultdict', ([, content], context) => makeDict(content, context)],
  ['builtins.dict', ([content], context) => makeDict(content, context)],
  ['builtins.list', makeList],
  ['builtins.set', makeSet],
  ['builtins.frozenset', makeSet],
  ['builtins.bytearray', makeBytes],
  ['builtins.bytes', makeBytes],
  ['builtins.complex', opaque('complex')],
  ['builtins.int', null],
  ['builtins.float', null],
  ['builtins.bool', null],
  ['builtins.str', null],
  ['builtins.tuple', null],
  ['_codecs.encode', encode],
  ['argparse.Namespace', opaque('argparse.Namespace')],
  ['numpy.dtype', numpyDtype],
  ['numpy.core.multiarray.scalar', numpyScalar],
  ['numpy._core.multiarray.scalar', numpyScalar],
]);
