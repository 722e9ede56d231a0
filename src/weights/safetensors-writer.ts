import { inputError } from '../errors.js';
import type { ByteSink } from './byte-sink.js';
import { elementCount, SAFETENSORS_DTYPES, type SafetensorsDtype } from './dtype.js';
import { quote } from './quote.js';
import { encodeHeader, MAX_HEADER_BYTES, type TensorInfo } from './safetensors-header.js';

/** A tensor to write: described beforehand, its bytes made when it is its turn. */
export interface SafetensorsEntry {
  readonly name: string;
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  /** C order, little-endian. */
  bytes(): Promise<Uint8Array> | Uint8Array;
}

/** Wider elements first, otherwise as given: every tensor then starts at a multiple of its element. */
const byElementSize = (a: SafetensorsEntry, b: SafetensorsEntry): number =>
  SAFETENSORS_DTYPES[b.dtype] - SAFETENSORS_DTYPES[a.dtype];

function layOut(entries: readonly SafetensorsEntry[]): TensorInfo[] {
  const names = new Set(['__metadata__']);
  let offset = 0;
  return entries.map(({ name, dtype, shape }) => {
    if (names.has(name)) throw inputError(`A safetensors file cannot hold two entries named ${quote(name)}.`);
    names.add(name);
    const count = elementCount(shape);
    const byteLength = (count ?? Number.NaN) * SAFETENSORS_DTYPES[dtype];
    if (!Number.isSafeInteger(offset + byteLength)) {
      throw inputError(`Tensor ${quote(name)} has the shape [${shape}], which cannot be stored.`);
    }
    const info = { name, dtype, shape, offset, byteLength };
    offset += byteLength;
    return info;
  });
}

/**
 * Writes a safetensors file front to back. Only one tensor's bytes are held at a time.
 *
 * @returns the file's size in bytes
 * @throws ZianError (input) for a name given twice, a header over the format's cap, or an entry whose
 *   bytes are not as many as its shape says.
 */
export async function writeSafetensors(
  sink: ByteSink,
  entries: readonly SafetensorsEntry[],
  metadata: Readonly<Record<string, string>> = {},
): Promise<number> {
  const ordered = [...entries].sort(byElementSize);
  const tensors = layOut(ordered);
  const header = encodeHeader({ tensors, metadata });
  if (header.byteLength - 8 > MAX_HEADER_BYTES) {
    throw inputError(`The safetensors header would exceed the cap of ${MAX_HEADER_BYTES} bytes.`);
  }
  await sink.write(header);
  let total = header.byteLength;
  for (const [i, entry] of ordered.entries()) {
    const bytes = await entry.bytes();
    if (bytes.byteLength !== tensors[i]?.byteLength) {
      throw inputError(
        `Tensor ${quote(entry.name)} gave ${bytes.byteLength} bytes; its shape [${entry.shape}] of ${entry.dtype} needs ${tensors[i]?.byteLength}.`,
      );
    }
    await sink.write(bytes);
    total += bytes.byteLength;
  }
  return total;
}
