import type { CaseInput, DType, RefTensor } from '../../src/kernels/contract.js';
import { elementCount } from '../../src/kernels/layout.js';
import { float16ToFloat32, float32ToFloat16 } from '../../src/weights/float16.js';
import { random } from './random.js';

/** A tensor as a device holds it: values that its element type can hold exactly. */
export interface DeviceTensor extends RefTensor {
  readonly dtype: DType;
}

/** A kernel's inputs by name. */
export type DeviceTensors = Readonly<Record<string, DeviceTensor>>;

const encodeFloat16 = (value: number): number => float32ToFloat16(Float32Array.of(value))[0] ?? 0;
const decodeFloat16 = (bits: number): number => float16ToFloat32(Uint16Array.of(bits))[0] ?? 0;

/** A case's inputs as float64 tensors whose values the dtype can hold exactly. */
export function caseTensors(
  inputs: Readonly<Record<string, CaseInput>>,
  half: boolean,
  seed = 1,
): Record<string, DeviceTensor> {
  const next = random(seed);
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, dtype = 'f32', low = -1, high = 1, values }]) => {
      const stored: DType = half && dtype === 'f32' ? 'f16' : dtype;
      const data = Float64Array.from({ length: elementCount(shape) }, (_, i) => {
        const value = values ? (values[i % values.length] ?? 0) : low + (high - low) * next();
        return stored === 'f32' || stored === 'f16' ? roundTo(value, stored) : Math.floor(value);
      });
      return [name, { shape, data, dtype: stored }];
    }),
  );
}

/** The value as its element type holds it. */
export function roundTo(value: number, dtype: DType): number {
  if (dtype === 'f16') return decodeFloat16(encodeFloat16(value));
  return dtype === 'f32' ? Math.fround(value) : value;
}

function scalars(dtype: DType, length: number): Float32Array | Uint16Array | Uint32Array | Int32Array {
  if (dtype === 'f16') return new Uint16Array(length);
  if (dtype === 'u32') return new Uint32Array(length);
  return dtype === 'i32' ? new Int32Array(length) : new Float32Array(length);
}

/** Values in storage order → buffer bytes. */
export function encode(storage: Float64Array, dtype: DType): Uint8Array {
  const out = scalars(dtype, Math.max(4, Math.ceil(storage.length / 2) * 2));
  for (let i = 0; i < storage.length; i++) {
    const value = storage[i] ?? 0;
    out[i] = dtype === 'f16' ? encodeFloat16(value) : value;
  }
  return new Uint8Array(out.buffer);
}

/** Buffer bytes → values in storage order. */
export function decode(bytes: ArrayBuffer, dtype: DType): Float64Array {
  if (dtype === 'f16') return Float64Array.from(float16ToFloat32(new Uint16Array(bytes)));
  if (dtype === 'u32') return Float64Array.from(new Uint32Array(bytes));
  return dtype === 'i32'
    ? Float64Array.from(new Int32Array(bytes))
    : Float64Array.from(new Float32Array(bytes));
}
