import { inputError } from '../../src/errors.js';
import { elementCount } from '../../src/weights/dtype.js';
import type { PyTensor } from './pickle-values.js';
import type { StorageReader } from './storage.js';
import { gatherStrided, isContiguous, reverseComponents, stridedExtent } from './strides.js';
import { componentSizeOf, itemSizeOf, type TorchDtype } from './torch-dtype.js';

/** A tensor of a checkpoint. Its bytes are read from the file when asked for, and not kept. */
export interface LazyTensor {
  readonly dtype: TorchDtype;
  readonly shape: readonly number[];
  readonly count: number;
  /** Bytes of all elements. */
  readonly byteLength: number;
  /** All elements in C order, little-endian. */
  bytes(): Promise<Uint8Array>;
  /** The same bytes in pieces; contiguous tensors, whatever their size, need little memory this way. */
  pieces(): AsyncGenerator<Uint8Array>;
}

const PIECE_BYTES = 8 << 20;

/**
 * Checks that a tensor lies within its storage and makes it readable.
 *
 * @param name what errors call it, file included
 * @throws ZianError (input) where it does not, or its size is beyond reason.
 */
export function lazyTensor(name: string, tensor: PyTensor, reader: StorageReader): LazyTensor {
  const { storage, dtype, shape, strides } = tensor;
  const itemSize = itemSizeOf(dtype);
  const count = elementCount(shape);
  const byteLength = (count ?? Number.NaN) * itemSize;
  if (count === undefined || !Number.isSafeInteger(byteLength)) {
    throw inputError(`${name} has the impossible shape [${shape}].`);
  }
  const start = tensor.offset * itemSize;
  const extent = stridedExtent(shape, strides) * itemSize;
  if (!(count === 0 || start + extent <= storage.byteLength)) {
    throw inputError(
      `${name} is damaged: it needs ${start + extent} bytes of its storage, which has ${storage.byteLength}.`,
    );
  }
  const read = async (offset: number, length: number): Promise<Uint8Array> => {
    const bytes = await reader.read(storage, offset, length);
    return reader.bigEndian ? reverseComponents(bytes, componentSizeOf(dtype)) : bytes;
  };
  const gather = async (): Promise<Uint8Array> =>
    gatherStrided(await read(start, extent), shape, strides, itemSize);
  const contiguous = isContiguous(shape, strides);
  const bytes = async (): Promise<Uint8Array> => {
    if (count === 0) return new Uint8Array(0);
    return contiguous ? read(start, byteLength) : gather();
  };
  return {
    dtype,
    shape,
    count,
    byteLength,
    bytes,
    async *pieces() {
      if (!contiguous) {
        yield await bytes();
        return;
      }
      for (let done = 0; done < byteLength; done += PIECE_BYTES) {
        yield await read(start + done, Math.min(PIECE_BYTES, byteLength - done));
      }
    },
  };
}
