import { drawInteger } from '../common/draw.js';
import type { FuzzCase, KernelCase } from '../contract.js';
import type { PixelShuffleAttributes } from './pixel_shuffle.js';

const rest = { tolerance: { absolute: 0, relative: 0 }, why: 'values are copied' };

export const pixelShuffleCases: readonly KernelCase<PixelShuffleAttributes>[] = [
  { name: 'factor 1, 1×1×1×1', inputs: { x: { shape: [1, 1, 1, 1] } }, attributes: { factor: 1 }, ...rest },
  { name: 'factor 4, 1×16×1×1', inputs: { x: { shape: [1, 16, 1, 1] } }, attributes: { factor: 4 }, ...rest },
  { name: 'factor 2, 2×20×3×5', inputs: { x: { shape: [2, 20, 3, 5] } }, attributes: { factor: 2 }, ...rest },
  { name: 'factor 3, 2×54×5×2', inputs: { x: { shape: [2, 54, 5, 2] } }, attributes: { factor: 3 }, ...rest },
  {
    name: 'keeps NaN and infinities',
    inputs: { x: { shape: [1, 4, 1, 2], values: [Number.NaN, Infinity, -Infinity, 1, 2] } },
    attributes: { factor: 2 },
    ...rest,
  },
  {
    name: 'backbone features 256×64×64, factor 4',
    inputs: { x: { shape: [1, 256, 64, 64] } },
    attributes: { factor: 4 },
    ...rest,
    bench: true,
  },
];

export function pixelShuffleFuzz(random: () => number): FuzzCase<PixelShuffleAttributes> {
  const factor = drawInteger(random, 1, 5);
  const channels = factor ** 2 * drawInteger(random, 1, 9);
  const shape = [drawInteger(random, 1, 3), channels, drawInteger(random, 1, 6), drawInteger(random, 1, 6)];
  return { inputs: { x: { shape } }, attributes: { factor } };
}
