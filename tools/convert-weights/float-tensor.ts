import { inputError } from '../../src/errors.js';
import { decodeFloat32 } from '../../src/weights/decode.js';
import { float32ToFloat16 } from '../../src/weights/float16.js';
import { quote } from '../../src/weights/quote.js';
import type { LazyTensor } from './lazy-tensor.js';
import type { TorchDtype } from './torch-dtype.js';

/** Element types that weights may have in a converted file. */
export type WeightDtype = 'f32' | 'f16';

const SOURCES = { float32: 'F32', float64: 'F64', float16: 'F16', bfloat16: 'BF16' } as const;

export type FloatDtype = keyof typeof SOURCES;

export const isFloatDtype = (dtype: TorchDtype): dtype is FloatDtype => Object.hasOwn(SOURCES, dtype);

const bytesOf = (array: Float32Array | Uint16Array): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** Index of the first value that is NaN or infinite, or -1. */
function firstNonFinite(values: Float32Array): number {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < bits.length; i++) if (((bits[i] ?? 0) & 0x7f800000) === 0x7f800000) return i;
  return -1;
}

/** Index of the first half-precision pattern that is NaN or infinite, or -1. */
function firstNonFiniteHalf(halves: Uint16Array): number {
  for (let i = 0; i < halves.length; i++) if (((halves[i] ?? 0) & 0x7c00) === 0x7c00) return i;
  return -1;
}

/** `[i, j, …]` of a flat index in C order. */
function position(flat: number, shape: readonly number[]): string {
  const index: number[] = [];
  let rest = flat;
  for (const size of shape.toReversed()) {
    index.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return `[${index}]`;
}

/** The value as the checkpoint has it, for the message: float64 may hold what float32 cannot. */
function original(bytes: Uint8Array, dtype: FloatDtype, i: number, values: Float32Array): number {
  if (dtype !== 'float64') return values[i] ?? Number.NaN;
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getFloat64(8 * i, true);
}

/**
 * A tensor's elements as little-endian float32 or float16, rounded to nearest (float64 to float16 by way of
 * float32, as PyTorch does).
 *
 * @throws ZianError (input) where an element is NaN or infinite, or becomes infinite by the conversion; it
 *   names the tensor and the first such element.
 */
export async function readWeights(
  source: string,
  name: string,
  tensor: LazyTensor & { readonly dtype: FloatDtype },
  dtype: WeightDtype,
): Promise<Uint8Array> {
  const { shape, count } = tensor;
  const bytes = await tensor.bytes();
  const itemSize = bytes.byteLength / Math.max(1, count);
  const values = decodeFloat32(SOURCES[tensor.dtype], itemSize, bytes) ?? new Float32Array(0);
  const fail = (i: number, target: string) => {
    const value = original(bytes, tensor.dtype, i, values);
    const what = Number.isFinite(value) ? `, which is too large for ${target}` : '';
    const advice = Number.isFinite(value) ? 'convert to f32' : 'these weights cannot be used';
    return inputError(
      `${source}: tensor ${quote(name)} has ${value} at ${position(i, shape)}${what}; ${advice}.`,
    );
  };
  const bad = firstNonFinite(values);
  if (bad >= 0) throw fail(bad, 'float32');
  if (dtype === 'f32') return bytesOf(values);
  const halves = float32ToFloat16(values);
  const overflow = firstNonFiniteHalf(halves);
  if (overflow >= 0) throw fail(overflow, 'float16');
  return bytesOf(halves);
}
