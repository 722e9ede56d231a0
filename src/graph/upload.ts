import type { Call, DType, Variant } from '../kernels/contract.js';
import { elementCount, storageBytes, toStorage } from '../kernels/layout.js';
import { float32ToFloat16 } from '../weights/float16.js';
import { type Constant, evaluate, type ReadWeight } from './constants.js';
import { BufferUsage } from './flags.js';
import type { Value } from './graph.js';

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

/** A storage buffer that begins its life with these contents. */
export function uploadBuffer(device: GPUDevice, label: string, bytes: Uint8Array): GPUBuffer {
  const buffer = device.createBuffer({
    label,
    size: bytes.byteLength,
    usage: BufferUsage.STORAGE | BufferUsage.COPY_DST,
    mappedAtCreation: true,
  });
  new Uint8Array(buffer.getMappedRange()).set(bytes);
  buffer.unmap();
  return buffer;
}
