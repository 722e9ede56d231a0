import { encodeDispatch, kernelLimits, prepareCall } from '../../src/graph/dispatch.js';
import { BufferUsage, MapMode } from '../../src/graph/flags.js';
import { PipelineCache } from '../../src/graph/pipelines.js';
import type {
  Call,
  CaseInput,
  DType,
  Kernel,
  KernelCase,
  Operand,
  RefTensor,
  TensorSpec,
  Variant,
} from '../../src/kernels/contract.js';
import {
  denseLayout,
  elementCount,
  extentOf,
  fromStorage,
  storageBytes,
  toStorage,
  vec4s,
} from '../../src/kernels/layout.js';
import { float16ToFloat32, float32ToFloat16 } from '../../src/weights/float16.js';
import { random } from './random.js';

const encodeFloat16 = (value: number): number => float32ToFloat16(Float32Array.of(value))[0] ?? 0;
const decodeFloat16 = (bits: number): number => float16ToFloat32(Uint16Array.of(bits))[0] ?? 0;

const caches = new WeakMap<GPUDevice, PipelineCache>();
const cacheOf = (device: GPUDevice): PipelineCache => {
  const cache = caches.get(device) ?? new PipelineCache(device);
  caches.set(device, cache);
  return cache;
};

/** A case's inputs as float64 tensors whose values the dtype can hold exactly. */
export function caseTensors(
  inputs: Readonly<Record<string, CaseInput>>,
  half: boolean,
  seed = 1,
): Record<string, RefTensor & { dtype: DType }> {
  const next = random(seed);
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, dtype = 'f32', low = -1, high = 1, values }]) => {
      const stored: DType = half && dtype === 'f32' ? 'f16' : dtype;
      const data = Float64Array.from({ length: elementCount(shape) }, (_, i) => {
        const value = values ? (values[i % values.length] ?? 0) : low + (high - low) * next();
        if (stored === 'f16') return decodeFloat16(encodeFloat16(value));
        return stored === 'f32' ? Math.fround(value) : Math.floor(value);
      });
      return [name, { shape, data, dtype: stored }];
    }),
  );
}

function scalars(dtype: DType, length: number): Float32Array | Uint16Array | Uint32Array | Int32Array {
  if (dtype === 'f16') return new Uint16Array(length);
  if (dtype === 'u32') return new Uint32Array(length);
  return dtype === 'i32' ? new Int32Array(length) : new Float32Array(length);
}

/** Values in storage order → buffer bytes. */
function encode(storage: Float64Array, dtype: DType): Uint8Array {
  const out = scalars(dtype, Math.max(4, Math.ceil(storage.length / 2) * 2));
  for (let i = 0; i < storage.length; i++) {
    const value = storage[i] ?? 0;
    out[i] = dtype === 'f16' ? encodeFloat16(value) : value;
  }
  return new Uint8Array(out.buffer);
}

function decode(bytes: ArrayBuffer, dtype: DType): Float64Array {
  if (dtype === 'f16') return Float64Array.from(float16ToFloat32(new Uint16Array(bytes)));
  if (dtype === 'u32') return Float64Array.from(new Uint32Array(bytes));
  return dtype === 'i32'
    ? Float64Array.from(new Int32Array(bytes))
    : Float64Array.from(new Float32Array(bytes));
}

const GUARD = 12345;

export interface RunOptions {
  readonly variant?: string;
  /** Operands are placed as slices of wider tensors, with this many vec4s before and after each pixel's row. */
  readonly margin?: number;
}

type DeviceTensors = Readonly<Record<string, RefTensor & { dtype: DType }>>;

/** The call with every operand placed after a guard, as a slice of wider rows when `margin` > 0; constants are dense. */
function placeCall(
  kernel: Kernel,
  inputs: DeviceTensors,
  attributes: KernelCase['attributes'],
  margin: number,
): Call {
  const place = (spec: TensorSpec): Operand => {
    const layout = denseLayout(spec.shape);
    return { ...spec, layout: { offset: 2 + margin, stride: layout.stride + 2 * margin, block: 1 } };
  };
  const specs = Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, dtype }]) => [name, { shape, dtype }]),
  );
  return {
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
}

/** Names of the variants that apply to these inputs on this device. */
export function legalVariants(
  device: GPUDevice,
  kernel: Kernel,
  inputs: DeviceTensors,
  attributes: KernelCase['attributes'],
  margin = 0,
): string[] {
  const call = placeCall(kernel, inputs, attributes, margin);
  const limits = kernelLimits(device);
  return kernel.variants.filter((v) => v.legal?.(call, limits) ?? true).map((v) => v.name);
}

/**
 * Runs one kernel on the device. Every output lies between guard values, and inside wider rows of guard values when
 * `margin` is given; a guard that did not survive, or a padding lane that is not zero, is an Error.
 */
export async function runKernel(
  device: GPUDevice,
  kernel: Kernel,
  inputs: DeviceTensors,
  attributes: KernelCase['attributes'],
  { variant: variantName, margin = 0 }: RunOptions = {},
): Promise<Record<string, RefTensor>> {
  const isConstant = (name: string) => kernel.constants?.includes(name) ?? false;
  const call = placeCall(kernel, inputs, attributes, margin);
  const limits = kernelLimits(device);
  const variant: Variant | undefined = kernel.variants.find(
    (v) => (variantName === undefined || v.name === variantName) && (v.legal?.(call, limits) ?? true),
  );
  if (!variant) throw new Error(`${kernel.name}: no legal variant ${variantName ?? ''}`);
  const plan = variant.plan(call, limits);

  const owned: GPUBuffer[] = [];
  const buffer = (size: number, usage: number): GPUBuffer => {
    const made = device.createBuffer({ size: Math.max(16, Math.ceil(size / 4) * 4), usage });
    owned.push(made);
    return made;
  };
  const usage = BufferUsage.STORAGE | BufferUsage.COPY_DST | BufferUsage.COPY_SRC;
  const buffers: Record<string, GPUBuffer> = {};
  const upload = (name: string, bytes: Uint8Array): void => {
    const made = buffer(bytes.byteLength, usage);
    device.queue.writeBuffer(made, 0, bytes.slice().buffer);
    buffers[name] = made;
  };
  /** Storage of an operand with everything that is not the tensor itself set to the guard. */
  const guarded = (operand: Operand): Float64Array => {
    const { n, h, w } = extentOf(operand.shape);
    return new Float64Array((4 + margin + n * h * w * operand.layout.stride) * 4).fill(GUARD);
  };
  const rows = (operand: Operand, visit: (stored: number, dense: number) => void): void => {
    const { n, h, w, c } = extentOf(operand.shape);
    const row = vec4s(c) * 4;
    for (let p = 0; p < n * h * w; p++)
      for (let k = 0; k < row; k++)
        visit((operand.layout.offset + p * operand.layout.stride) * 4 + k, p * row + k);
  };

  device.pushErrorScope('validation');
  for (const [name, tensor] of Object.entries(inputs)) {
    const operand = call.inputs[name];
    if (!operand) continue;
    if (variant.packs?.includes(name)) {
      const packed = variant.pack?.(name, Float32Array.from(tensor.data), call) ?? new Float32Array();
      upload(name, encode(Float64Array.from(packed), operand.dtype));
    } else if (isConstant(name)) {
      const dense = toStorage(tensor.data, tensor.shape, new Float64Array(storageScalars(operand)));
      upload(name, encode(dense, operand.dtype));
    } else {
      const dense = toStorage(tensor.data, tensor.shape, new Float64Array(storageScalars(operand)));
      const storage = guarded(operand);
      rows(operand, (stored, at) => {
        storage[stored] = dense[at] ?? 0;
      });
      upload(name, encode(storage, operand.dtype));
    }
  }
  for (const [name, operand] of Object.entries(call.outputs))
    upload(name, encode(guarded(operand), operand.dtype));
  for (const [name, bytes] of Object.entries(plan.scratch ?? {}))
    buffers[name] = buffer(bytes, usage | BufferUsage.INDIRECT);

  const prepared = await prepareCall(
    device,
    cacheOf(device),
    kernel,
    call,
    plan,
    buffers,
    (contents) => {
      const made = buffer(contents.byteLength, BufferUsage.UNIFORM | BufferUsage.COPY_DST);
      device.queue.writeBuffer(made, 0, contents.slice());
      return made;
    },
    buffer(256, usage),
    kernel.name,
  );
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  for (const dispatch of prepared) encodeDispatch(pass, dispatch);
  pass.end();
  const readbacks = Object.keys(call.outputs).map((name) => {
    const from = buffers[name];
    if (!from) throw new Error(`no buffer for ${name}`);
    const to = buffer(from.size, BufferUsage.COPY_DST | BufferUsage.MAP_READ);
    encoder.copyBufferToBuffer(from, 0, to, 0, from.size);
    return { name, to };
  });
  device.queue.submit([encoder.finish()]);
  const invalid = await device.popErrorScope();
  if (invalid) throw new Error(`${kernel.name} (${variant.name}): ${invalid.message}`);

  const results: Record<string, RefTensor> = {};
  for (const { name, to } of readbacks) {
    const operand = call.outputs[name];
    if (!operand) continue;
    await to.mapAsync(MapMode.READ);
    const stored = decode(to.getMappedRange().slice(0), operand.dtype);
    const dense = new Float64Array(storageScalars(operand));
    const c = extentOf(operand.shape).c;
    const row = vec4s(c) * 4;
    rows(operand, (from, at) => {
      const value = stored[from] ?? Number.NaN;
      if (at % row >= c && value !== 0)
        throw new Error(`${kernel.name} (${variant.name}): padding lane ${at} of ${name} is ${value}, not 0`);
      dense[at] = value;
      stored[from] = GUARD;
    });
    const guards = guarded(operand).length;
    for (let i = 0; i < guards; i++)
      if (
        stored[i] !== GUARD &&
        !(operand.dtype === 'f16' && stored[i] === decodeFloat16(encodeFloat16(GUARD)))
      )
        throw new Error(
          `${kernel.name} (${variant.name}): wrote outside ${name}, at scalar ${i}: ${stored[i]}`,
        );
    results[name] = {
      shape: operand.shape,
      data: fromStorage(dense, operand.shape, new Float64Array(elementCount(operand.shape))),
    };
  }
  for (const made of owned) made.destroy();
  return results;
}

const storageScalars = (spec: TensorSpec): number => storageBytes({ ...spec, dtype: 'f32' }) / 4;

/** Worst disagreement beyond the tolerance, as a sentence; undefined when all agree. NaN and infinities must match in kind. */
export function compare(
  got: RefTensor,
  want: RefTensor,
  tolerance: KernelCase['tolerance'],
): string | undefined {
  if (got.shape.join() !== want.shape.join()) return `shape [${got.shape}] instead of [${want.shape}]`;
  let worst = 0;
  let message: string | undefined;
  for (let i = 0; i < want.data.length; i++) {
    const g = got.data[i] ?? 0;
    const w = want.data[i] ?? 0;
    if (Object.is(g, w) || g === w || (Number.isNaN(g) && Number.isNaN(w))) continue;
    const allowed = tolerance.absolute + tolerance.relative * Math.abs(w);
    const excess = Number.isFinite(g) && Number.isFinite(w) ? Math.abs(g - w) / allowed : Infinity;
    if (!(excess <= 1) && !(excess <= worst)) {
      worst = excess;
      message = `element ${i} of [${want.shape}]: got ${g}, want ${w}, distance ${Math.abs(g - w)}, allowed ${allowed}`;
    }
  }
  return message;
}
