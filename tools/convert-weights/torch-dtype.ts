/** An element type of PyTorch's. `component` is the size that a byte order applies to (half a complex). */
interface TorchDtypeInfo {
  readonly itemSize: number;
  readonly component: number;
  /** Prefix of the storage class that carries it, where one does. */
  readonly storage?: string;
}

const simple = (itemSize: number, storage?: string): TorchDtypeInfo =>
  storage === undefined ? { itemSize, component: itemSize } : { itemSize, component: itemSize, storage };

const complex = (itemSize: number, storage?: string): TorchDtypeInfo => ({
  ...simple(itemSize, storage),
  component: itemSize / 2,
});

/** By PyTorch's short names (`str(dtype)` without `torch.`). */
const TORCH_DTYPES = {
  float64: simple(8, 'Double'),
  float32: simple(4, 'Float'),
  float16: simple(2, 'Half'),
  bfloat16: simple(2, 'BFloat16'),
  int64: simple(8, 'Long'),
  int32: simple(4, 'Int'),
  int16: simple(2, 'Short'),
  int8: simple(1, 'Char'),
  uint8: simple(1, 'Byte'),
  bool: simple(1, 'Bool'),
  uint16: simple(2),
  uint32: simple(4),
  uint64: simple(8),
  complex32: complex(4),
  complex64: complex(8, 'ComplexFloat'),
  complex128: complex(16, 'ComplexDouble'),
  float8_e4m3fn: simple(1),
  float8_e4m3fnuz: simple(1),
  float8_e5m2: simple(1),
  float8_e5m2fnuz: simple(1),
  float8_e8m0fnu: simple(1),
  qint8: simple(1, 'QInt8'),
  quint8: simple(1, 'QUInt8'),
  qint32: simple(4, 'QInt32'),
  quint4x2: simple(1, 'QUInt4x2'),
  quint2x4: simple(1, 'QUInt2x4'),
} as const satisfies Record<string, TorchDtypeInfo>;

/** PyTorch's short name of an element type, such as `float32` or `bfloat16`. */
export type TorchDtype = keyof typeof TORCH_DTYPES;

const INFO: Readonly<Record<TorchDtype, TorchDtypeInfo>> = TORCH_DTYPES;

const isTorchDtype = (name: string): name is TorchDtype => Object.hasOwn(INFO, name);

const ALL = Object.keys(INFO).filter(isTorchDtype);

const BY_STORAGE: ReadonlyMap<string, TorchDtype> = new Map(
  ALL.flatMap((name) => {
    const { storage } = INFO[name];
    return storage === undefined ? [] : [[`${storage}Storage`, name] as const];
  }),
);

/** Older spellings that `str(dtype)` never gives but pickles may carry. */
const ALIASES: Readonly<Record<string, TorchDtype>> = {
  float: 'float32',
  double: 'float64',
  half: 'float16',
  long: 'int64',
  int: 'int32',
  short: 'int16',
  cfloat: 'complex64',
  cdouble: 'complex128',
};

/** Bytes of one element. */
export const itemSizeOf = (dtype: TorchDtype): number => INFO[dtype].itemSize;

/** Bytes that are reversed together where a file is big-endian. */
export const componentSizeOf = (dtype: TorchDtype): number => INFO[dtype].component;

/** The dtype of a name in the module `torch`, such as `float32`. */
export const dtypeByName = (name: string): TorchDtype | undefined =>
  isTorchDtype(name) ? name : Object.hasOwn(ALIASES, name) ? ALIASES[name] : undefined;

/** The element type of a storage class, such as `FloatStorage`; an untyped storage holds bytes. */
export const dtypeOfStorageClass = (className: string): TorchDtype | undefined =>
  className === 'UntypedStorage' ? 'uint8' : BY_STORAGE.get(className);
