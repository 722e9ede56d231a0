import type { Call, ConstantRows, DType, Variant } from '../kernels/contract.js';
import { bytesPerElement, elementCount, storageBytes, toStorage } from '../kernels/layout.js';
import { constantRows, flatRows } from './constant-rows.js';
import type { Constant, ReadWeight } from './constants.js';
import type { EngineDevice } from './device.js';
import { DevicePacking } from './device-packing.js';
import { writeElements } from './elements.js';
import type { Value } from './graph.js';
import type { OwnedBuffers } from './owned-buffers.js';
import type { PipelineCache } from './pipelines.js';
import type { Step, StepBuffers } from './steps.js';

/** A constant as a call wants it on the device: in the variant's order, or in storage order. */
export interface ArrangedConstant {
  /** Whole vec4s. */
  readonly bytes: number;
  readonly rows: ConstantRows;
  /** Writes it to that many bytes of zeros. */
  write(to: ArrayBuffer): void;
}

const storedScalars = (input: string, { spec }: Value, packing: Variant['packing'], call: Call): number =>
  packing?.inputs.includes(input)
    ? packing.length(input, call)
    : storageBytes({ shape: spec.shape, dtype: 'f32' }) / 4;

const storedBytes = (scalars: number, dtype: DType): number =>
  Math.ceil((scalars * bytesPerElement(dtype)) / 16) * 16;

/** Operands that look the same on the device share a buffer: what a variant packs depends on the call as well, groups above all. */
const orderOf = (name: string, { node, variant }: Step): string =>
  variant.packing?.inputs.includes(name)
    ? JSON.stringify([node.kernel.name, variant.name, name, node.attributes])
    : '';

/** Bytes of all that `uploadConstants` makes. */
export function constantBytes(constants: ReadonlyMap<Value, Constant>, steps: readonly Step[]): number {
  const seen = new Map<Value, Set<string>>();
  let total = 0;
  for (const step of steps)
    for (const [name, value] of Object.entries(step.node.inputs)) {
      const orders = seen.get(value) ?? new Set();
      const order = orderOf(name, step);
      if (!constants.has(value) || orders.has(order)) continue;
      seen.set(value, orders.add(order));
      total += storedBytes(storedScalars(name, value, step.variant.packing, step.call), value.spec.dtype);
    }
  return total;
}

/** Reads a constant, and says how it is written; nothing is copied before. */
export async function arrangeConstant(
  input: string,
  value: Value,
  constant: Constant,
  { packing }: Variant,
  call: Call,
  read: ReadWeight,
): Promise<ArrangedConstant> {
  const { shape, dtype } = value.spec;
  const count = elementCount(shape);
  const rows = await constantRows(constant, count / (shape[0] ?? 1), read);
  if (rows.sources.length * rows.rowLength !== count)
    throw new Error(
      `${value.label}: ${rows.sources.length * rows.rowLength} values for the shape [${shape.join(', ')}]`,
    );
  const packed = packing?.inputs.includes(input) ? packing : undefined;
  const scalars = storedScalars(input, value, packing, call);
  const fill = (out: Float32Array): void => {
    if (packed) packed.write(input, rows, call, out);
    else toStorage(flatRows(rows), shape, out);
  };
  return {
    bytes: storedBytes(scalars, dtype),
    rows,
    write(to) {
      if (dtype === 'f32') {
        fill(new Float32Array(to, 0, scalars));
        return;
      }
      const values = new Float32Array(scalars);
      fill(values);
      writeElements(values, dtype, to);
    },
  };
}

/** Where constants go, and from where. */
export interface UploadOptions {
  readonly readWeight?: ReadWeight | undefined;
  /** Called after each of `total` operands. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Looked at before each operand. */
  readonly signal?: AbortSignal | undefined;
  /** Bytes of constants from which on variants pack them on the device. */
  readonly packOnDeviceFrom?: number;
}

/** Bytes uploaded before waiting for the device to take them: staging memory is the host's. */
const UPLOAD_WINDOW = 64 * 1024 * 1024;

/** Bytes of constants from which on packing them on the device saves more time than compiling its shaders takes. */
const MANY_BYTES = 16 * 1024 * 1024;

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
  pipelines: PipelineCache,
  { readWeight = NO_MODEL, onProgress, signal, packOnDeviceFrom = MANY_BYTES }: UploadOptions,
): Promise<{ readonly buffers: StepBuffers; readonly bytes: number }> {
  const wanted = steps.flatMap((step) =>
    Object.entries(step.node.inputs).flatMap(([name, value]) => {
      const constant = constants.get(value);
      return constant ? [{ step, name, value, constant }] : [];
    }),
  );
  const values = new Set(wanted.map(({ value }) => value));
  const bytesOfAll = [...values].reduce((sum, { spec }) => sum + 4 * elementCount(spec.shape), 0);
  const packing = bytesOfAll >= packOnDeviceFrom ? new DevicePacking(device, owned, pipelines) : undefined;
  const shared = new Map<Value, Map<string, GPUBuffer>>();
  const buffers = new Map<Step, Record<string, GPUBuffer>>();
  let total = 0;
  let pending = 0;
  for (const [i, { step, name, value, constant }] of wanted.entries()) {
    signal?.throwIfAborted();
    const { variant, call } = step;
    const order = orderOf(name, step);
    let buffer = shared.get(value)?.get(order);
    if (!buffer) {
      const arranged = await arrangeConstant(name, value, constant, variant, call, readWeight);
      // Half-precision elements are rounded to the nearest here; on a device WGSL allows either neighbour.
      const dispatch =
        order !== '' && value.spec.dtype === 'f32' ? variant.packing?.dispatch?.(name, call) : undefined;
      buffer =
        packing && dispatch
          ? await packing.pack(value.label, arranged.rows, arranged.bytes, dispatch)
          : await device.scoped(`uploading ${value.label}`, () =>
              owned.upload(value.label, arranged.bytes, arranged.write),
            );
      shared.set(value, (shared.get(value) ?? new Map()).set(order, buffer));
      total += arranged.bytes;
      pending += arranged.bytes;
    }
    buffers.set(step, { ...buffers.get(step), [name]: buffer });
    if (pending > UPLOAD_WINDOW) {
      await device.wait(device.gpu.queue.onSubmittedWorkDone());
      pending = 0;
    }
    onProgress?.(i + 1, wanted.length);
  }
  packing?.destroy();
  return { buffers, bytes: total };
}
