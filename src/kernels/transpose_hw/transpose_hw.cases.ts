import { drawInteger } from '../common/draw.js';
import type { FuzzCase, KernelCase } from '../contract.js';
import type { TransposeHwAttributes } from './transpose_hw.js';

const rest = { attributes: {}, tolerance: { absolute: 0, relative: 0 }, why: 'values are copied' };

export const transposeHwCases: readonly KernelCase<TransposeHwAttributes>[] = [
  { name: '1×1×1×1', inputs: { x: { shape: [1, 1, 1, 1] } }, ...rest },
  { name: '2×5×3×7', inputs: { x: { shape: [2, 5, 3, 7] } }, ...rest },
  { name: '3×8×1×6', inputs: { x: { shape: [3, 8, 1, 6] } }, ...rest },
  {
    name: 'keeps NaN and infinities',
    inputs: { x: { shape: [1, 1, 2, 3], values: [Number.NaN, Infinity, -Infinity, 1, 2] } },
    ...rest,
  },
  { name: 'attention output 48×256×256', inputs: { x: { shape: [1, 48, 256, 256] } }, ...rest, bench: true },
];

export function transposeHwFuzz(random: () => number): FuzzCase<TransposeHwAttributes> {
  const shape = Array.from({ length: 4 }, () => drawInteger(random, 1, 9));
  return { inputs: { x: { shape } }, attributes: {} };
}
