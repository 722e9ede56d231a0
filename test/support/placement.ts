import { plainRows } from '../../src/graph/constant-rows.js';
import { kernelLimits } from '../../src/graph/dispatch.js';
import type { Call, Kernel, KernelCase, Operand, TensorSpec, Variant } from '../../src/kernels/contract.js';
import { denseLayout, extentOf, storageBytes, toStorage, vec4s } from '../../src/kernels/layout.js';
import { type DeviceTensor, type DeviceTensors, encode, roundTo } from './case-tensors.js';

/** What lies around every tensor, and must lie there still when a kernel has run. */
const GUARD = 12345;
/** Vec4s of guard before a tensor, and as many after it. */
const GUARD_VEC4S = 2;

/** A call whose operands each lie between guards, as slices of wider rows when `margin` > 0; constants are dense. */
export interface PlacedCall {
  readonly call: Call;
  /** Vec4s of guard before and after each pixel's row. */
  readonly margin: number;
}

export function placeCall(
  kernel: Kernel,
  inputs: DeviceTensors,
  attributes: KernelCase['attributes'],
  margin: number,
): PlacedCall {
  const place = (spec: TensorSpec): Operand => {
    const layout = denseLayout(spec.shape);
    return {
      ...spec,
      layout: { offset: GUARD_VEC4S + margin, stride: layout.stride + 2 * margin, block: 1 },
    };
  };
  const specs = Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, dtype }]) => [name, { shape, dtype }]),
  );
  const call = {
    inputs: Object.fromEntries(
      Object.entries(specs).map(([name, spec]) => [
        name,
        kernel.constants?.includes(name) ? { ...spec, layout: denseLayout(spec.shape) } : place(spec),
      ]),
    ),
    outputs: Object.fromEntries(
      Object.entries(kernel.infer(specs, attributes)).map(([name, spec]) => [name, place(spec)]),
    ),
    attributes,
  };
  return { call, margin };
}

/** The variants that apply to a call on this device. */
export const variantsFor = (device: GPUDevice, kernel: Kernel, call: Call): Variant[] =>
  kernel.variants.filter((variant) => variant.legal?.(call, kernelLimits(device)) ?? true);

/** Names of the variants that apply to these inputs on this device. */
export const legalVariants = (
  device: GPUDevice,
  kernel: Kernel,
  inputs: DeviceTensors,
  attributes: KernelCase['attributes'],
  margin = 0,
): string[] =>
  variantsFor(device, kernel, placeCall(kernel, inputs, attributes, margin).call).map(({ name }) => name);

const storageScalars = (spec: TensorSpec): number => storageBytes({ ...spec, dtype: 'f32' }) / 4;

/** Storage of an operand that is guard throughout. */
function guarded(operand: Operand, margin: number): Float64Array {
  const { n, h, w } = extentOf(operand.shape);
  const vec4Count = 2 * GUARD_VEC4S + margin + n * h * w * operand.layout.stride;
  return new Float64Array(vec4Count * 4).fill(GUARD);
}

/** Visits each scalar of the tensor, padding lanes too, by its place in the buffer and in dense storage. */
function visitRows(operand: Operand, visit: (stored: number, dense: number) => void): void {
  const { n, h, w, c } = extentOf(operand.shape);
  const row = vec4s(c) * 4;
  for (let p = 0; p < n * h * w; p++)
    for (let k = 0; k < row; k++)
      visit((operand.layout.offset + p * operand.layout.stride) * 4 + k, p * row + k);
}

/** The bytes of an output before the kernel has run: guard only. */
export const outputBytes = (operand: Operand, { margin }: PlacedCall): Uint8Array =>
  encode(guarded(operand, margin), operand.dtype);

/** The bytes of one input as `variant` wants it: packed, dense (constants), or between guards. */
export function inputBytes(
  kernel: Kernel,
  variant: Variant,
  name: string,
  tensor: DeviceTensor,
  operand: Operand,
  { call, margin }: PlacedCall,
): Uint8Array {
  const { packing } = variant;
  if (packing?.inputs.includes(name)) {
    const packed = new Float32Array(packing.length(name, call));
    const rowLength = tensor.data.length / (tensor.shape[0] ?? 1);
    packing.write(name, plainRows(Float32Array.from(tensor.data), rowLength), call, packed);
    return encode(Float64Array.from(packed), operand.dtype);
  }
  const dense = toStorage(tensor.data, tensor.shape, new Float64Array(storageScalars(operand)));
  if (kernel.constants?.includes(name)) return encode(dense, operand.dtype);
  const storage = guarded(operand, margin);
  visitRows(operand, (stored, at) => {
    storage[stored] = dense[at] ?? 0;
  });
  return encode(storage, operand.dtype);
}

/**
 * The tensor's dense storage, out of the buffer's scalars.
 * @throws Error where a guard did not survive or a padding lane is not zero
 */
export function denseOutput(
  what: string,
  stored: Float64Array,
  operand: Operand,
  { margin }: PlacedCall,
): Float64Array {
  const dense = new Float64Array(storageScalars(operand));
  const { c } = extentOf(operand.shape);
  const row = vec4s(c) * 4;
  const rest = stored.slice();
  visitRows(operand, (from, at) => {
    const value = stored[from] ?? Number.NaN;
    if (at % row >= c && value !== 0) throw new Error(`${what}: padding lane ${at} is ${value}, not 0`);
    dense[at] = value;
    rest[from] = roundTo(GUARD, operand.dtype);
  });
  const wrong = rest
    .subarray(0, guarded(operand, margin).length)
    .findIndex((value) => value !== roundTo(GUARD, operand.dtype));
  if (wrong >= 0) throw new Error(`${what}: wrote outside the tensor, at scalar ${wrong}: ${rest[wrong]}`);
  return dense;
}
