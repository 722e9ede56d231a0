import type { DType } from '../kernels/contract.js';
import { float32ToFloat16 } from '../weights/float16.js';

const WRITERS: Readonly<Record<DType, (values: Float32Array, to: ArrayBuffer) => void>> = {
  f32: (values, to) => new Float32Array(to).set(values),
  f16: (values, to) => new Uint16Array(to).set(float32ToFloat16(values)),
  u32: (values, to) => new Uint32Array(to).set(values),
  i32: (values, to) => new Int32Array(to).set(values),
};

/** Writes values as elements of a type; integers are exact up to 2^24, as in the tables that hold them. */
export function writeElements(values: Float32Array, dtype: DType, to: ArrayBuffer): void {
  WRITERS[dtype](values, to);
}
