import type { SafetensorsDtype } from './dtype.js';
import { bfloat16ToFloat32, float16ToFloat32 } from './float16.js';

type Decoder = (buffer: ArrayBufferLike, offset: number, count: number) => Float32Array;

const DECODERS: Readonly<Partial<Record<SafetensorsDtype, Decoder>>> = {
  F32: (buffer, offset, count) => new Float32Array(buffer, offset, count),
  F64: (buffer, offset, count) => Float32Array.from(new Float64Array(buffer, offset, count)),
  F16: (buffer, offset, count) => float16ToFloat32(new Uint16Array(buffer, offset, count)),
  BF16: (buffer, offset, count) => bfloat16ToFloat32(new Uint16Array(buffer, offset, count)),
  I64: (buffer, offset, count) => Float32Array.from(new BigInt64Array(buffer, offset, count), Number),
  U64: (buffer, offset, count) => Float32Array.from(new BigUint64Array(buffer, offset, count), Number),
  I32: (buffer, offset, count) => Float32Array.from(new Int32Array(buffer, offset, count)),
  U32: (buffer, offset, count) => Float32Array.from(new Uint32Array(buffer, offset, count)),
  I16: (buffer, offset, count) => Float32Array.from(new Int16Array(buffer, offset, count)),
  U16: (buffer, offset, count) => Float32Array.from(new Uint16Array(buffer, offset, count)),
  I8: (buffer, offset, count) => Float32Array.from(new Int8Array(buffer, offset, count)),
  U8: (buffer, offset, count) => Float32Array.from(new Uint8Array(buffer, offset, count)),
  BOOL: (buffer, offset, count) =>
    Float32Array.from(new Uint8Array(buffer, offset, count), (b) => (b ? 1 : 0)),
};

/** The same bytes at an address that is a multiple of `itemSize`; copied only where needed. */
export function aligned(bytes: Uint8Array, itemSize: number): Uint8Array {
  return bytes.byteOffset % itemSize === 0 ? bytes : bytes.slice();
}

/**
 * Elements as float32, rounded to nearest where the type is wider (int64 is rounded twice, by way of
 * float64). Float32 input may be returned as a view of the same memory. Undefined for the 8-bit floats and complex numbers.
 */
export function decodeFloat32(
  dtype: SafetensorsDtype,
  itemSize: number,
  bytes: Uint8Array,
): Float32Array | undefined {
  const at = aligned(bytes, itemSize);
  return DECODERS[dtype]?.(at.buffer, at.byteOffset, bytes.byteLength / itemSize);
}
