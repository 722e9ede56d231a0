import { inputError } from '../errors.js';
import { type ByteSource, readPieces, readUpTo } from './byte-source.js';
import { decodeFloat32 } from './decode.js';
import { SAFETENSORS_DTYPES } from './dtype.js';
import { describeFileKind, FILE_KIND_BYTES, fileKind } from './file-kind.js';
import { quote } from './quote.js';
import { MAX_HEADER_BYTES, parseHeader, type TensorInfo } from './safetensors-header.js';

/** An opened safetensors file: its directory is in memory, its tensors are read one by one when asked for. */
export interface SafetensorsFile {
  /** What error messages call the file. */
  readonly name: string;
  /** By name, in the order of their bytes. */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly metadata: Readonly<Record<string, string>>;
  /** The tensor's bytes: C order, little-endian. */
  readBytes(name: string): Promise<Uint8Array>;
  /** The same bytes piece by piece, for tensors that need not be in memory whole. */
  readPieces(name: string): AsyncGenerator<Uint8Array>;
  /** The elements as float32, in C order; every dtype but the 8-bit floats and complex numbers. */
  readFloat32(name: string): Promise<Float32Array>;
}

async function readHeader(source: ByteSource) {
  const head = await readUpTo(source, 0, FILE_KIND_BYTES);
  const kind = fileKind(head);
  if (kind !== 'safetensors' && kind !== 'unknown') {
    throw inputError(`${source.name} is not a safetensors file: ${describeFileKind(kind)}.`);
  }
  if (source.size < 8) {
    throw inputError(`${source.name} is not a safetensors file: it has only ${source.size} bytes.`);
  }
  const length = new DataView(head.buffer, head.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) {
    throw inputError(
      `${source.name} is not a safetensors file: its first 8 bytes announce a header of ${length} bytes, and at most ${MAX_HEADER_BYTES} are read.`,
    );
  }
  const headerBytes = Number(length);
  if (8 + headerBytes > source.size) {
    throw inputError(
      `${source.name} is truncated or no safetensors file: its header should have ${headerBytes} bytes, but the file has only ${source.size}.`,
    );
  }
  const json = await source.read(8, headerBytes);
  const header = parseHeader(json, source.size - 8 - headerBytes, source.name);
  return { header, dataStart: 8 + headerBytes };
}

/**
 * Opens a safetensors file and checks its whole header: every rule of the format
 * (https://github.com/huggingface/safetensors#format) is enforced before a tensor is read.
 *
 * @throws ZianError (input) where the file is of another kind, truncated, or breaks a rule.
 */
export async function openSafetensors(source: ByteSource): Promise<SafetensorsFile> {
  const { header, dataStart } = await readHeader(source);
  const tensors = new Map(header.tensors.map((info) => [info.name, info]));
  const find = (name: string): TensorInfo => {
    const info = tensors.get(name);
    if (info === undefined) throw inputError(`${source.name} has no tensor ${quote(name)}.`);
    return info;
  };
  const readBytes = async (name: string): Promise<Uint8Array> => {
    const { offset, byteLength } = find(name);
    return source.read(dataStart + offset, byteLength);
  };
  return {
    name: source.name,
    tensors,
    metadata: header.metadata,
    readBytes,
    async *readPieces(name) {
      const { offset, byteLength } = find(name);
      yield* readPieces(source, dataStart + offset, byteLength);
    },
    async readFloat32(name) {
      const { dtype } = find(name);
      const values = decodeFloat32(dtype, SAFETENSORS_DTYPES[dtype], await readBytes(name));
      if (values === undefined) {
        throw inputError(`${source.name}: tensor ${quote(name)} is of ${dtype}, which cannot be used here.`);
      }
      return values;
    },
  };
}
