import type { TorchDtype } from './torch-dtype.js';

/** What a pickle can hold here: plain data and descriptions of PyTorch's objects, never live objects. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PyList
  | PyTuple
  | PySet
  | PyDict
  | PyGlobal
  | PyOpaque
  | PyStorage
  | PyTensor
  | PyParameter;

export interface PyList {
  readonly kind: 'list';
  readonly items: PickleValue[];
}

export interface PyTuple {
  readonly kind: 'tuple';
  readonly items: readonly PickleValue[];
}

/** A set or frozenset, in the order of the file. */
export interface PySet {
  readonly kind: 'set';
  readonly items: PickleValue[];
}

/** A dict, OrderedDict, defaultdict or Counter. Attributes (a state dict's `_metadata`) are not kept. */
export interface PyDict {
  readonly kind: 'dict';
  readonly entries: Map<PickleValue, PickleValue>;
}

/** A class or function of the allow-list, by its dotted name. */
export interface PyGlobal {
  readonly kind: 'global';
  readonly name: string;
}

/** Something that is known to be harmless and of no use here: its content is dropped. */
export interface PyOpaque {
  readonly kind: 'opaque';
  readonly typeName: string;
}

/** The memory behind tensors: where its bytes lie in the file is known to the container format. */
export interface PyStorage {
  readonly kind: 'storage';
  readonly key: string;
  readonly dtype: TorchDtype;
  /** The device it was saved from, such as `cpu` or `cuda:0`; of no consequence here. */
  readonly location: string;
  /** Start within the bytes filed under `key`: not 0 only for views in the older format. */
  readonly byteOffset: number;
  readonly byteLength: number;
}

/** A strided view of a storage; offset and strides count elements. */
export interface PyTensor {
  readonly kind: 'tensor';
  readonly storage: PyStorage;
  readonly dtype: TorchDtype;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** A Parameter as PyTorch before 0.4 pickled it: its tensor arrives with BUILD. */
export interface PyParameter {
  readonly kind: 'parameter';
  data: PickleValue;
}

export type PickleKind =
  | 'none'
  | 'bool'
  | 'number'
  | 'string'
  | 'bytes'
  | Exclude<PickleValue, Scalar>['kind'];

type Scalar = null | boolean | number | bigint | string | Uint8Array;

/** Tells values apart by one word. */
export function kindOf(value: PickleValue): PickleKind {
  if (value === null) return 'none';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number' || typeof value === 'bigint') return 'number';
  if (typeof value === 'string') return 'string';
  return value instanceof Uint8Array ? 'bytes' : value.kind;
}

/** True for the values that are objects with a `kind`, of the given kind. */
export function isKind<K extends Exclude<PickleValue, Scalar>['kind']>(
  value: PickleValue | undefined,
  kind: K,
): value is Extract<PickleValue, { readonly kind: K }> {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array) && value.kind === kind;
}

/** A string, also where Python 2 wrote it as bytes. */
export function asText(value: PickleValue | undefined): string | undefined {
  if (typeof value === 'string') return value;
  return value instanceof Uint8Array ? String.fromCharCode(...value.subarray(0, 1024)) : undefined;
}
