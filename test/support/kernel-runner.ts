import type { Kernel, KernelCase, RefTensor } from '../../src/kernels/contract.js';
import type { DeviceTensors } from './case-tensors.js';
import { placeCall, variantsFor } from './placement.js';
import { PreparedKernel } from './prepared-kernel.js';

export { caseTensors } from './case-tensors.js';
export { compare } from './compare.js';
export { legalVariants } from './placement.js';

export interface RunOptions {
  readonly variant?: string;
  /** Operands are placed as slices of wider tensors, with this many vec4s before and after each pixel's row. */
  readonly margin?: number;
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
  { variant: name, margin = 0 }: RunOptions = {},
): Promise<Record<string, RefTensor>> {
  const placed = placeCall(kernel, inputs, attributes, margin);
  const variant = variantsFor(device, kernel, placed.call).find((v) => name === undefined || v.name === name);
  if (!variant) throw new Error(`${kernel.name}: no legal variant ${name ?? ''}`);
  const prepared = await PreparedKernel.create(device, kernel, variant, inputs, placed);
  try {
    return await prepared.run();
  } finally {
    prepared.destroy();
  }
}
