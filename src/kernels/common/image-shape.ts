import type { TensorSpec } from '../contract.js';
import { type Extent, extentOf } from '../layout.js';
import { formatShape } from './operand.js';

/** The extent of an operand that must be an image batch [N, C, H, W]; throws and names the shape otherwise. */
export function imageExtent({ shape }: Pick<TensorSpec, 'shape'>, name: string, kernel: string): Extent {
  if (shape.length !== 4)
    throw new Error(`${kernel}: ${name} must be [N, C, H, W], not ${formatShape(shape)}`);
  return extentOf(shape);
}

/** Refuses a table operand (one entry per output row or column) that has another shape. */
export function expectShape(
  { shape }: Pick<TensorSpec, 'shape'>,
  expected: readonly number[],
  name: string,
  kernel: string,
): void {
  if (shape.length !== expected.length || shape.some((size, axis) => size !== expected[axis]))
    throw new Error(`${kernel}: ${name} is ${formatShape(shape)}, expected ${formatShape(expected)}`);
}
