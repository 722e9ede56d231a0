import { drawInteger } from '../common/draw.js';
import type { FuzzCase, KernelCase } from '../contract.js';
import type { CopyAttributes } from './copy.js';

const exact = { absolute: 0, relative: 0 };
const why = 'values are copied';

export const copyCases: readonly KernelCase<CopyAttributes>[] = [
  { name: '1×1×1×1', inputs: { x: { shape: [1, 1, 1, 1] } }, attributes: {}, tolerance: exact, why },
  { name: '2×5×3×7', inputs: { x: { shape: [2, 5, 3, 7] } }, attributes: {}, tolerance: exact, why },
  { name: 'tokens 2×7×6', inputs: { x: { shape: [2, 7, 6] } }, attributes: {}, tolerance: exact, why },
  {
    name: 'keeps NaN and infinities',
    inputs: { x: { shape: [5], values: [Number.NaN, Infinity, -Infinity, 0, 1] } },
    attributes: {},
    tolerance: exact,
    why,
  },
  {
    name: 'integers',
    inputs: { x: { shape: [3, 6], dtype: 'u32', low: 0, high: 2 ** 32 } },
    attributes: {},
    tolerance: exact,
    why,
  },
  {
    name: 'features 1×16×256×256',
    inputs: { x: { shape: [1, 16, 256, 256] } },
    attributes: {},
    tolerance: exact,
    why,
    bench: true,
  },
];

export function copyFuzz(random: () => number): FuzzCase<CopyAttributes> {
  const shape = Array.from({ length: drawInteger(random, 1, 4) }, () => drawInteger(random, 1, 9));
  return { inputs: { x: { shape } }, attributes: {} };
}
