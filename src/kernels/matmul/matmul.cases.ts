import { drawInteger, drawItem } from '../common/draw.js';
import type { FuzzCase, KernelCase } from '../contract.js';
import type { MatmulAttributes } from './matmul.js';

/** Sums of K products of uniform values in [-1, 1): rounding errors of about √K · 2^-24 · √K / 3. */
const tolerance = { absolute: 5e-6, relative: 1e-6 };
const why = 'K ≤ 70 products of at most 1: the rounding errors of the sum are below 70 · 2^-24';

export const matmulCases: readonly KernelCase<MatmulAttributes>[] = [
  {
    name: '1×1 by 1×1',
    inputs: { a: { shape: [1, 1] }, b: { shape: [1, 1] } },
    attributes: { transposeB: false },
    tolerance: { absolute: 0, relative: 1e-7 },
    why: 'one product, rounded once',
  },
  {
    name: '3 batches, 5×7 by 7×9',
    inputs: { a: { shape: [3, 5, 7] }, b: { shape: [3, 7, 9] } },
    attributes: { transposeB: false },
    tolerance,
    why,
  },
  {
    name: '3 batches, 5×7 by (9×7)ᵀ',
    inputs: { a: { shape: [3, 5, 7] }, b: { shape: [3, 9, 7] } },
    attributes: { transposeB: true },
    tolerance,
    why,
  },
  {
    name: 'rows beyond a tile: 33×70 by 70×65',
    inputs: { a: { shape: [33, 70] }, b: { shape: [70, 65] } },
    attributes: { transposeB: false },
    tolerance,
    why,
  },
  {
    name: 'rows beyond a tile: 33×70 by (65×70)ᵀ',
    inputs: { a: { shape: [33, 70] }, b: { shape: [65, 70] } },
    attributes: { transposeB: true },
    tolerance,
    why,
  },
  {
    name: 'one row',
    inputs: { a: { shape: [2, 1, 13] }, b: { shape: [2, 13, 6] } },
    attributes: { transposeB: false },
    tolerance,
    why,
  },
  {
    name: 'a NaN and an infinity stay in their row and column',
    inputs: {
      a: { shape: [5, 3], values: [1, 2, Number.NaN, 1, 2, 3, -1, 2, 1, 0.5, 1, 2, 1, 1, 1] },
      b: {
        shape: [3, 6],
        values: [1, 2, 3, 4, 5, Number.POSITIVE_INFINITY, 1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6],
      },
    },
    attributes: { transposeB: false },
    tolerance: { absolute: 0, relative: 0 },
    why: 'small integers and halves: every sum is exact',
  },
  {
    name: '16 channels: 512×16 by 16×4096',
    inputs: { a: { shape: [1, 512, 16] }, b: { shape: [1, 16, 4096] } },
    attributes: { transposeB: false },
    tolerance,
    why,
    bench: true,
  },
  {
    name: '256×256 by 256×256',
    inputs: { a: { shape: [256, 256] }, b: { shape: [256, 256] } },
    attributes: { transposeB: false },
    tolerance: { absolute: 2e-5, relative: 1e-6 },
    why: '256 products of at most 1: the rounding errors of the sum are below 256 · 2^-24',
    bench: true,
  },
  {
    name: '512×64 by (256×64)ᵀ',
    inputs: { a: { shape: [512, 64] }, b: { shape: [256, 64] } },
    attributes: { transposeB: true },
    tolerance,
    why,
    bench: true,
  },
];

export const matmulFuzzTolerance = tolerance;

export function matmulFuzz(random: () => number): FuzzCase<MatmulAttributes> {
  const batch = drawItem<number[]>(random, [[], [drawInteger(random, 1, 4)]]);
  const m = drawInteger(random, 1, 70);
  const k = drawInteger(random, 1, 40);
  const p = drawInteger(random, 1, 80);
  const transposeB = random() < 0.5;
  return {
    inputs: { a: { shape: [...batch, m, k] }, b: { shape: [...batch, ...(transposeB ? [p, k] : [k, p])] } },
    attributes: { transposeB },
  };
}
