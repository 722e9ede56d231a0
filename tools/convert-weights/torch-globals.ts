import { type Construct, type GlobalTable, opaque } from './pickle-globals.js';
import { PickleRefusal } from './pickle-input.js';
import { COST, PICKLE_LIMITS } from './pickle-limits.js';
import { isKind, type PickleValue, type PyGlobal, type PyTensor } from './pickle-values.js';
import { dtypeByName, dtypeOfStorageClass, type TorchDtype } from './torch-dtype.js';

/** A size, stride or offset; torch.Size arrives as a tuple. */
function sizesOf(value: PickleValue | undefined, what: string): number[] {
  if (!isKind(value, 'tuple') && !isKind(value, 'list')) {
    throw new PickleRefusal(`describes a tensor without its ${what}`);
  }
  if (value.items.length > PICKLE_LIMITS.dimensions) {
    throw new PickleRefusal(`describes a tensor of ${value.items.length} dimensions`);
  }
  return value.items.map((item) => sizeOf(item, what));
}

function sizeOf(value: PickleValue | undefined, what: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new PickleRefusal(`describes a tensor whose ${what} is no non-negative integer`);
  }
  return value;
}

function tensor(args: readonly PickleValue[], dtype?: TorchDtype): PyTensor {
  const [storage, offset, size, stride] = args;
  if (!isKind(storage, 'storage')) throw new PickleRefusal('describes a tensor without a storage');
  const shape = sizesOf(size, 'shape');
  const strides = sizesOf(stride, 'strides');
  if (shape.length !== strides.length) {
    throw new PickleRefusal(`describes a tensor of ${shape.length} sizes and ${strides.length} strides`);
  }
  return {
    kind: 'tensor',
    storage,
    dtype: dtype ?? storage.dtype,
    offset: sizeOf(offset, 'offset'),
    shape,
    strides,
  };
}

/** Conjugate and negative views store other values than they show; they never occur in weights. */
function isLazyView(metadata: PickleValue | undefined): boolean {
  return isKind(metadata, 'dict') && [...metadata.entries.values()].includes(true);
}

const rebuildTensor: Construct = (args, { charge }) => {
  charge(COST.dict);
  return isLazyView(args[6]) ? { kind: 'opaque', typeName: 'conjugate or negative view' } : tensor(args);
};

/** Dtypes without a storage class of their own: the storage is untyped and the dtype an argument. */
const rebuildTensorV3: Construct = (args, { charge }) => {
  charge(COST.dict);
  const global = args[6];
  const dtype = isKind(global, 'global') ? torchDtypeOf(global) : undefined;
  if (dtype === undefined) return { kind: 'opaque', typeName: 'tensor of an unknown dtype' };
  return isLazyView(args[7])
    ? { kind: 'opaque', typeName: 'conjugate or negative view' }
    : tensor(args, dtype);
};

/** A parameter is its tensor; older PyTorch sends the tensor later, with BUILD. */
const rebuildParameter: Construct = ([data]) => {
  if (isKind(data, 'tensor') || isKind(data, 'opaque') || isKind(data, 'parameter')) return data;
  if (data === undefined || data === null) return { kind: 'parameter', data: null };
  throw new PickleRefusal('builds a parameter from something that is no tensor');
};

/** A tensor of a device without storages, sent as one of the CPU with its own dtype beside it. */
const rebuildFromCpu: Construct = ([data, dtype]) =>
  isKind(data, 'tensor') && isKind(dtype, 'global') && torchDtypeOf(dtype) === data.dtype
    ? data
    : { kind: 'opaque', typeName: 'tensor of another device' };

/** `torch._tensor._rebuild_from_type_v2(function, type, arguments, state)`: a tensor with attributes. */
const rebuildFromType: Construct = ([rebuild, , args], { call }) => call(rebuild, args);

const makeSize: Construct = ([sizes]) => {
  if (sizes === undefined) return { kind: 'tuple', items: [] };
  if (isKind(sizes, 'tuple')) return sizes;
  if (isKind(sizes, 'list')) return { kind: 'tuple', items: sizesOf(sizes, 'shape') };
  throw new PickleRefusal('builds a torch.Size from something that is no tuple');
};

const REBUILDERS: readonly (readonly [string, Construct])[] = [
  ['torch._utils._rebuild_tensor', rebuildTensor],
  ['torch._utils._rebuild_tensor_v2', rebuildTensor],
  ['torch._utils._rebuild_tensor_v3', rebuildTensorV3],
  ['torch._utils._rebuild_parameter', rebuildParameter],
  ['torch._utils._rebuild_parameter_with_state', rebuildParameter],
  ['torch.nn.parameter.Parameter', rebuildParameter],
  ['torch._tensor._rebuild_from_type_v2', rebuildFromType],
  ['torch._utils._rebuild_qtensor', opaque('quantized tensor')],
  ['torch._utils._rebuild_sparse_tensor', opaque('sparse tensor')],
  ['torch._utils._rebuild_sparse_csr_tensor', opaque('sparse tensor')],
  ['torch._utils._rebuild_meta_tensor_no_storage', opaque('meta tensor')],
  ['torch._utils._rebuild_wrapper_subclass', opaque('tensor of a wrapper class')],
  ['torch._utils._rebuild_device_tensor_from_cpu_tensor', rebuildFromCpu],
  ['torch._utils._rebuild_device_tensor_from_numpy', opaque('tensor of another device')],
  ['torch.serialization._get_layout', opaque('torch.layout')],
  ['torch.device', opaque('torch.device')],
  ['torch.Size', makeSize],
];

const QUANTIZATION_SCHEMES = [
  'per_tensor_affine',
  'per_tensor_symmetric',
  'per_channel_affine',
  'per_channel_symmetric',
  'per_channel_affine_float_qparams',
].map((name) => [`torch.${name}`, null] as const);

/** The functions and types of PyTorch's that `torch.load(weights_only=True)` allows. */
export const TORCH_GLOBALS: GlobalTable = new Map<string, Construct | null>([
  ...REBUILDERS,
  ...QUANTIZATION_SCHEMES,
  ['torch.Tensor', null],
  ['torch._tensor.Tensor', null],
]);

const STORAGE_CLASS = /^torch\.(?:cuda\.|storage\.)?(\w+Storage)$/;
const TENSOR_CLASS =
  /^torch\.(?:cuda\.)?(?:sparse\.)?(?:Float|Double|Half|BFloat16|Long|Int|Short|Char|Byte|Bool)Tensor$/;

/** The element type of a storage class such as `torch.FloatStorage` or `torch.cuda.HalfStorage`. */
export const storageDtypeOf = ({ name }: PyGlobal): TorchDtype | undefined => {
  const className = STORAGE_CLASS.exec(name)?.[1];
  return className === undefined ? undefined : dtypeOfStorageClass(className);
};

/** The dtype that a global such as `torch.float32` stands for. */
export const torchDtypeOf = ({ name }: PyGlobal): TorchDtype | undefined =>
  name.startsWith('torch.') ? dtypeByName(name.slice('torch.'.length)) : undefined;

/** Names that may be mentioned but not called: storage classes, tensor classes and dtypes. */
export function isTorchType(name: string): boolean {
  const global: PyGlobal = { kind: 'global', name };
  return (
    storageDtypeOf(global) !== undefined ||
    name === 'torch.storage.TypedStorage' ||
    torchDtypeOf(global) !== undefined ||
    TENSOR_CLASS.test(name)
  );
}
