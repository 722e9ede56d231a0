import { plainRows } from '../graph/constant-rows.js';
import type { Call, Kernel, Operand, Variant } from '../kernels/contract.js';
import { bytesPerElement, elementCount, extentOf, storageBytes, toStorage } from '../kernels/layout.js';

/** A small linear congruential generator: tuning needs neither more nor a seed from outside. */
function noise(count: number): Float32Array {
  let state = 12345;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** Bytes of a buffer in which an operand lies as its layout says. */
export function placedBytes({ shape, dtype, layout }: Operand): number {
  const { n, h, w } = extentOf(shape);
  return (layout.offset + n * h * w * layout.stride) * 4 * bytesPerElement(dtype);
}

/** Noise in [-1, 1) where an operand's elements lie; zero in the lanes beyond its channels, as kernels expect. */
function placedNoise(operand: Operand): Float32Array {
  const { n, h, w, c } = extentOf(operand.shape);
  const { offset, stride } = operand.layout;
  const values = new Float32Array(placedBytes(operand) / bytesPerElement(operand.dtype));
  const row = noise(c + 1013);
  for (let pixel = 0; pixel < n * h * w; pixel++) {
    const first = pixel % 1013;
    values.set(row.subarray(first, first + c), 4 * (offset + pixel * stride));
  }
  return values;
}

/** A constant's noise in the variant's order, scaled so that a convolution's sums stay near 1. */
function packedNoise({ packing }: Variant, name: string, operand: Operand, call: Call): Float32Array {
  const rowLength = elementCount(operand.shape) / (operand.shape[0] ?? 1);
  const values = noise(elementCount(operand.shape)).map((value) => value / Math.sqrt(rowLength));
  if (!packing?.inputs.includes(name))
    return toStorage(values, operand.shape, new Float32Array(storageBytes({ ...operand, dtype: 'f32' }) / 4));
  const out = new Float32Array(packing.length(name, call));
  packing.write(name, plainRows(values, rowLength), call, out);
  return out;
}

/** The values of an input for a trial, in the order in which the variant wants them: the same for every variant. */
export const trialValues = (
  { constants = [] }: Kernel,
  variant: Variant,
  name: string,
  operand: Operand,
  call: Call,
): Float32Array =>
  constants.includes(name) ? packedNoise(variant, name, operand, call) : placedNoise(operand);
