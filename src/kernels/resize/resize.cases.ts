import { drawInteger, drawItem } from '../common/draw.js';
import type { CaseInput, FuzzCase, KernelCase } from '../contract.js';
import type { ResizeAttributes } from './resize.js';
import { type ResizeMode, resizeTaps } from './taps.js';

const exact = { absolute: 0, relative: 0 };
/** Values below 1: 1 − w and each of the two stages of both axes round to half an ulp of at most 1. */
const rounding = { absolute: 4e-7, relative: 0 };
const why = 'three products, each rounded, and their weights; all values are below 1';

function resizeCase(
  name: string,
  x: CaseInput,
  mode: ResizeMode,
  [height, width]: readonly [number, number],
  alignCorners: boolean,
  rest: Pick<KernelCase<ResizeAttributes>, 'tolerance' | 'why' | 'bench'>,
): KernelCase<ResizeAttributes> {
  const [, , h = 1, w = 1] = x.shape;
  const table = (from: number, to: number): CaseInput => ({
    shape: [to, 4],
    values: [...resizeTaps(from, to, mode, alignCorners)],
  });
  return {
    name,
    inputs: { x, columns: table(w, width), rows: table(h, height) },
    attributes: { mode, height, width, alignCorners },
    ...rest,
  };
}

const copies = { tolerance: exact, why: 'values are copied' };
const mixes = { tolerance: rounding, why };

export const resizeCases: readonly KernelCase<ResizeAttributes>[] = [
  resizeCase('nearest 1×1 to 3×2', { shape: [1, 1, 1, 1] }, 'nearest', [3, 2], false, copies),
  resizeCase('nearest 2×5×7×3 to 5×11', { shape: [2, 5, 7, 3] }, 'nearest', [5, 11], false, copies),
  resizeCase(
    'nearest keeps NaN and infinities',
    { shape: [1, 1, 2, 2], values: [Number.NaN, Infinity, -Infinity, 1] },
    'nearest',
    [4, 4],
    false,
    copies,
  ),
  resizeCase('bilinear 1×1 to 4×3', { shape: [2, 3, 1, 1] }, 'bilinear', [4, 3], false, mixes),
  resizeCase('bilinear corners 1×1 to 3×3', { shape: [1, 5, 1, 1] }, 'bilinear', [3, 3], true, mixes),
  resizeCase('bilinear corners 9×7 to 1×1', { shape: [1, 5, 9, 7] }, 'bilinear', [1, 1], true, mixes),
  resizeCase('bilinear 2×6×9×5 to 4×13', { shape: [2, 6, 9, 5] }, 'bilinear', [4, 13], false, mixes),
  resizeCase('bilinear corners 2×3×11×8 to 23×3', { shape: [2, 3, 11, 8] }, 'bilinear', [23, 3], true, mixes),
  resizeCase('bilinear, size unchanged', { shape: [1, 4, 5, 6] }, 'bilinear', [5, 6], false, copies),
  resizeCase(
    'bilinear spreads NaN and infinities',
    { shape: [1, 1, 3, 3], values: [1, 2, 3, 4, Number.NaN, 5, Infinity, 6, -Infinity] },
    'bilinear',
    [7, 5],
    false,
    { tolerance: { absolute: 1e-5, relative: 1e-6 }, why: 'finite values are below 8' },
  ),
  resizeCase('co-attention 16×256×256 to 64×64', { shape: [1, 16, 256, 256] }, 'bilinear', [64, 64], false, {
    ...mixes,
    bench: true,
  }),
  resizeCase(
    'coarse input 3×1024×1024 to 256×256',
    { shape: [1, 3, 1024, 1024] },
    'bilinear',
    [256, 256],
    true,
    {
      ...mixes,
      bench: true,
    },
  ),
];

export const resizeFuzzTolerance = rounding;

export function resizeFuzz(random: () => number): FuzzCase<ResizeAttributes> {
  const size = (): number => drawInteger(random, 1, 19);
  const shape = [drawInteger(random, 1, 3), drawInteger(random, 1, 9), size(), size()];
  const mode = drawItem<ResizeMode>(random, ['nearest', 'bilinear']);
  return resizeCase('', { shape }, mode, [size(), size()], random() < 0.5, mixes);
}
