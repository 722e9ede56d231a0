import { inputError } from '../../src/errors.js';
import { isPlainName, printable } from '../../src/printable.js';
import { quote } from '../../src/weights/quote.js';
import { isKind, kindOf, type PickleValue, type PyTensor } from './pickle-values.js';

/** A leaf of a checkpoint that is no tensor. */
export type Scalar = string | number | bigint | boolean | null;

/** Called for every leaf of nested containers, with its dotted name. */
export interface LeafVisitor {
  tensor(name: string, tensor: PyTensor): void;
  scalar(name: string, value: Scalar): void;
  /** Something that is left out, and what it is. */
  opaque(name: string, what: string): void;
}

/** Shared containers are visited once per name, so a small pickle can describe a huge tree: more only in larger files. */
const maxLeaves = (fileBytes: number): number => Math.min(1_000_000, 100_000 + Math.floor(fileBytes / 32));
const maxNameTotal = (fileBytes: number): number => Math.min(64 << 20, (8 << 20) + fileBytes);
const MAX_DEPTH = 64;
const MAX_NAME = 1024;

/** How a dict's key is written in a dotted name: as Python's `str` where it is plain. */
function keyText(key: PickleValue): string {
  if (typeof key === 'string') return key;
  if (typeof key === 'number' || typeof key === 'bigint') return String(key);
  if (typeof key === 'boolean') return key ? 'True' : 'False';
  if (key === null) return 'None';
  if (key instanceof Uint8Array) return printable(String.fromCharCode(...key.subarray(0, MAX_NAME)));
  if (isKind(key, 'tuple')) return `(${key.items.slice(0, 8).map(scalarText).join(', ')})`;
  return isKind(key, 'global') ? key.name : `<${kindOf(key)}>`;
}

const scalarText = (value: PickleValue): string =>
  typeof value === 'object' && value !== null ? `<${kindOf(value)}>` : String(value);

class Walk {
  readonly #file: string;
  readonly #visitor: LeafVisitor;
  readonly #maxLeaves: number;
  readonly #maxNameTotal: number;
  readonly #open = new Set<PickleValue>();
  #leaves = 0;
  #nameTotal = 0;

  constructor(file: string, fileBytes: number, visitor: LeafVisitor) {
    this.#file = file;
    this.#visitor = visitor;
    this.#maxLeaves = maxLeaves(fileBytes);
    this.#maxNameTotal = maxNameTotal(fileBytes);
  }

  visit(name: string, value: PickleValue): void {
    this.#account(name);
    if (value === null || typeof value !== 'object') {
      this.#visitor.scalar(name, value);
    } else if (value instanceof Uint8Array) {
      this.#visitor.opaque(name, 'bytes');
    } else if (value.kind === 'tensor') {
      this.#visitor.tensor(name, value);
    } else if (value.kind === 'opaque') {
      this.#visitor.opaque(name, value.typeName);
    } else if (value.kind === 'global') {
      this.#visitor.opaque(name, value.name);
    } else if (value.kind === 'storage') {
      this.#visitor.opaque(name, `storage of ${value.dtype}`);
    } else if (value.kind === 'parameter') {
      this.#parameter(name, value.data);
    } else {
      this.#container(name, value);
    }
  }

  #parameter(name: string, data: PickleValue): void {
    if (isKind(data, 'tensor')) this.#visitor.tensor(name, data);
    else this.#visitor.opaque(name, 'parameter without data');
  }

  #container(name: string, value: Extract<PickleValue, { kind: 'dict' | 'list' | 'tuple' | 'set' }>): void {
    if (this.#open.has(value)) {
      this.#visitor.opaque(name, `${value.kind} that contains itself`);
      return;
    }
    if (this.#open.size >= MAX_DEPTH) {
      throw inputError(`${this.#file}: its containers are nested more than ${MAX_DEPTH} deep.`);
    }
    this.#open.add(value);
    const prefix = name === '' ? '' : `${name}.`;
    if (value.kind === 'dict') {
      for (const [key, item] of value.entries) this.visit(prefix + this.#plain(keyText(key)), item);
    } else {
      for (const [i, item] of value.items.entries()) this.visit(prefix + String(i), item);
    }
    this.#open.delete(value);
  }

  #plain(key: string): string {
    if (isPlainName(key)) return key;
    throw inputError(
      `${this.#file}: it has the name ${quote(key, 80)}, with control characters or "__proto__" in it, which no checkpoint has.`,
    );
  }

  #account(name: string): void {
    this.#leaves += 1;
    this.#nameTotal += name.length;
    if (name.length > MAX_NAME) {
      throw inputError(`${this.#file}: it has a name of more than ${MAX_NAME} characters.`);
    }
    if (this.#leaves > this.#maxLeaves || this.#nameTotal > this.#maxNameTotal) {
      throw inputError(
        `${this.#file}: its containers hold more than ${this.#maxLeaves} values (or very long names), too many to list.`,
      );
    }
  }
}

/**
 * Visits every leaf of a checkpoint in the order of the file. Names are dotted: keys of dicts, and indices of
 * lists, tuples and sets. The root itself has the empty name.
 *
 * @param fileBytes of the whole file: how many leaves are believed grows with them
 * @throws ZianError (input) for nesting, names or numbers of leaves beyond any checkpoint's, and for names with control
 *   characters.
 */
export function walkLeaves(file: string, fileBytes: number, root: PickleValue, visitor: LeafVisitor): void {
  new Walk(file, fileBytes, visitor).visit('', root);
}
