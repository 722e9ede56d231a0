import type { Call, DType, Variant } from '../kernels/contract.js';
import { elementCount, storageBytes, toStorage } from '../kernels/layout.js';
import { float32ToFloat16 } from '../weights/float16.js';
import { type Constant, evaluate, type ReadWeight } from './constants.js';
import type { EngineDevice } from './device.js';
import type { Value } from './graph.js';
import type { OwnedBuffers } from './owned-buffers.js';
import type { Step, StepBuffers } from './steps.js';

/** Values as bytes of their element type; integers are exact up to 2^24 in the tables that hold them. */
export function encodeElements(values: Float32Array, dtype: DType): Uint8Array<ArrayBuffer> {
  const typed = {
    f32: () => values,
    f16: () => float32ToFloat16(values),
    u32: () => Uint32Array.from(values),
    i32: () => Int32Array.from(values),
  }[dtype]();
  const bytes = new Uint8Array(Math.ceil(typed.byteLength / 16) * 16);
  bytes.set(new Uint8Array(typed.buffer, typed.byteOffset, typed.byteLength));
  return bytes;
}

/** What a constant looks like on the device for one call: in the variant's order, or in storage order. */
export async function constantBytes(
  input: string,
  value: Value,
  constant: Constant,
  variant: Variant,
  call: Call,
  read: ReadWeight,
): Promise<Uint8Array<ArrayBuffer>> {
  const values = Float32Array.from(await evaluate(constant, read));
  const { shape, dtype } = value.spec;
  if (values.length !== elementCount(shape))
    throw new Error(`${value.label}: ${values.length} values for the shape [${shape.join(', ')}]`);
  if (variant.packs?.includes(input) && variant.pack)
    return encodeElements(variant.pack(input, values, call), dtype);
  const stored = new Float32Array(storageBytes({ shape, dtype: 'f32' }) / 4);
  return encodeElements(toStorage(values, shape, stored), dtype);
}

/** Where constants go, and from where. */
export interface UploadOptions {
  readonly readWeight?: ReadWeight | undefined;
  /** Called after each of `total` operands. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Looked at before each operand. */
  readonly signal?: AbortSignal | undefined;
}

/** Bytes uploaded before waiting for the device to take them: staging memory is the host's. */
const UPLOAD_WINDOW = 64 * 1024 * 1024;

const NO_MODEL: ReadWeight = async (name) => {
  throw new Error(`no model to read '${name}' from`);
};

/**
 * Uploads every constant operand, one after the other, so that the host holds little more than the largest. Operands
 * that look the same on the device share a buffer.
 * @returns the buffers of each step, and the bytes of all
 * @throws ZianError (input) when one is larger than the device can bind, (device) when memory is exhausted
 */
export async function uploadConstants(
  constants: ReadonlyMap<Value, Constant>,
  steps: readonly Step[],
  device: EngineDevice,
  owned: OwnedBuffers,
  { readWeight = NO_MODEL, onProgress, signal }: UploadOptions,
): Promise<{ readonly buffers: StepBuffers; readonly bytes: number }> {
  const wanted = steps.flatMap((step) =>
    Object.entries(step.node.inputs).flatMap(([name, value]) => {
      const constant = constants.get(value);
      return constant ? [{ step, name, value, constant }] : [];
    }),
  );
  const shared = new Map<Value, Map<string, GPUBuffer>>();
  const buffers = new Map<Step, Record<string, GPUBuffer>>();
  let total = 0;
  let pending = 0;
  for (const [i, { step, name, value, constant }] of wanted.entries()) {
    signal?.throwIfAborted();
    const { node, variant, call } = step;
    // What a variant packs depends on the call as well, groups above all.
    const packed = [node.kernel.name, variant.name, name, node.attributes];
    const order = variant.packs?.includes(name) ? JSON.stringify(packed) : '';
    let buffer = shared.get(value)?.get(order);
    if (!buffer) {
      const bytes = await constantBytes(name, value, constant, variant, call, readWeight);
      buffer = await device.scoped(`uploading ${value.label}`, () => owned.upload(value.label, bytes));
      shared.set(value, (shared.get(value) ?? new Map()).set(order, buffer));
      total += bytes.byteLength;
      pending += bytes.byteLength;
    }
    buffers.set(step, { ...buffers.get(step), [name]: buffer });
    if (pending > UPLOAD_WINDOW) {
      await device.wait(device.gpu.queue.onSubmittedWorkDone());
      pending = 0;
    }
    onProgress?.(i + 1, wanted.length);
  }
  return { buffers, bytes: total };
}
