import { type LazyTensor, readCheckpoint, type Scalar } from '../../tools/convert-weights/index.js';
import { inputError } from '../errors.js';
import { openFileSource } from '../node/file-source.js';
import { nodeSha256 } from '../node/sha256.js';
import {
  type ByteSource,
  describeFileKind,
  FILE_KIND_BYTES,
  fileKind,
  openSafetensors,
  readUpTo,
  type SafetensorsDtype,
} from '../weights/index.js';
import type { InspectedTensor, InspectReport, MetadataValue } from './inspect-report.js';

export { formatInspect } from './inspect-format.js';
export type { InspectedTensor, InspectReport, MetadataValue };

const TORCH_NAMES: Readonly<Record<SafetensorsDtype, string>> = {
  F64: 'float64',
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
  I64: 'int64',
  I32: 'int32',
  I16: 'int16',
  I8: 'int8',
  U8: 'uint8',
  U16: 'uint16',
  U32: 'uint32',
  U64: 'uint64',
  BOOL: 'bool',
  F8_E4M3: 'float8_e4m3fn',
  F8_E5M2: 'float8_e5m2',
  F8_E8M0: 'float8_e8m0fnu',
  C64: 'complex64',
};

async function hashPieces(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = nodeSha256();
  for await (const piece of pieces) hash.update(piece);
  return hash.digestHex();
}

async function inspectSafetensors(source: ByteSource): Promise<InspectReport> {
  const file = await openSafetensors(source);
  const tensors: InspectedTensor[] = [];
  for (const { name, dtype, shape } of file.tensors.values()) {
    tensors.push({ name, dtype: TORCH_NAMES[dtype], shape, sha256: await hashPieces(file.readPieces(name)) });
  }
  return { format: 'safetensors', tensors, metadata: file.metadata, opaque: [] };
}

/** JSON has neither large integers nor NaN and infinities: these become strings. */
function jsonValue(value: Scalar): MetadataValue {
  const exact = typeof value !== 'bigint' && (typeof value !== 'number' || Number.isFinite(value));
  return exact ? value : String(value);
}

async function inspectCheckpoint(source: ByteSource): Promise<InspectReport> {
  const { format, tensors: lazy, scalars, opaque } = await readCheckpoint(source);
  // Several names of one tensor share its hash.
  const hashes = new Map<LazyTensor, string>();
  const tensors: InspectedTensor[] = [];
  for (const [name, tensor] of lazy) {
    const sha256 = hashes.get(tensor) ?? (await hashPieces(tensor.pieces()));
    hashes.set(tensor, sha256);
    tensors.push({ name, dtype: tensor.dtype, shape: tensor.shape, sha256 });
  }
  const metadata = Object.fromEntries([...scalars].map(([name, value]) => [name, jsonValue(value)]));
  return { format, tensors, metadata, opaque };
}

/**
 * Lists what is in a safetensors file or a file that torch.save wrote; told apart by content.
 *
 * @throws ZianError (input) where it is neither, damaged, or refused (see `readCheckpoint`).
 */
export async function inspectFile(path: string): Promise<InspectReport> {
  const source = await openFileSource(path);
  try {
    const kind = fileKind(await readUpTo(source, 0, FILE_KIND_BYTES));
    if (kind === 'safetensors') return await inspectSafetensors(source);
    if (kind === 'zip' || kind === 'pickle') return await inspectCheckpoint(source);
    throw inputError(
      `${path} is neither a safetensors file nor a PyTorch checkpoint: ${describeFileKind(kind)}.`,
    );
  } finally {
    await source.close();
  }
}
