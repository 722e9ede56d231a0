import { drawInteger } from '../common/draw.js';
import type { FuzzCase, KernelCase } from '../contract.js';
import type { MaxPoolAttributes } from './max_pool.js';

const tolerance = { absolute: 0, relative: 0 };
const why = 'pooling selects, it does not round';
const inf = Number.POSITIVE_INFINITY;

export const maxPoolCases: readonly KernelCase<MaxPoolAttributes>[] = [
  {
    name: '1×1 image, 3×3 window',
    inputs: { x: { shape: [1, 1, 1, 1] } },
    attributes: { kernel: [3, 3], stride: [2, 2], padding: [1, 1], dilation: [1, 1] },
    tolerance,
    why,
  },
  {
    name: '2×2 windows of a 7×5 image: the last row and column are dropped',
    inputs: { x: { shape: [2, 3, 7, 5] } },
    attributes: { kernel: [2, 2], stride: [2, 2], padding: [0, 0], dilation: [1, 1] },
    tolerance,
    why,
  },
  {
    name: 'all negative at padded borders',
    inputs: { x: { shape: [1, 5, 4, 6], low: -3, high: -1 } },
    attributes: { kernel: [3, 2], stride: [1, 2], padding: [1, 1], dilation: [1, 1] },
    tolerance,
    why,
  },
  {
    name: 'dilated and oblong',
    inputs: { x: { shape: [2, 6, 11, 9] } },
    attributes: { kernel: [3, 4], stride: [2, 1], padding: [1, 2], dilation: [3, 2] },
    tolerance,
    why,
  },
  {
    name: 'a dilated window with no pixel in the image is -∞',
    inputs: { x: { shape: [1, 1, 4, 4] } },
    attributes: { kernel: [2, 2], stride: [1, 1], padding: [1, 1], dilation: [5, 5] },
    tolerance,
    why,
  },
  {
    name: 'NaN and infinities',
    inputs: {
      x: {
        shape: [1, 1, 4, 4],
        values: [1, 2, inf, 3, Number.NaN, 0, 1, -inf, -inf, -inf, -inf, 5, -inf, -inf, Number.NaN, 7],
      },
    },
    attributes: { kernel: [2, 2], stride: [1, 1], padding: [0, 0], dilation: [1, 1] },
    tolerance,
    why,
  },
  {
    name: '1×64×128×128, 3×3 stride 2',
    inputs: { x: { shape: [1, 64, 128, 128] } },
    attributes: { kernel: [3, 3], stride: [2, 2], padding: [1, 1], dilation: [1, 1] },
    tolerance,
    why,
    bench: true,
  },
];

export function maxPoolFuzz(random: () => number): FuzzCase<MaxPoolAttributes> {
  const axis = () => {
    const kernel = drawInteger(random, 1, 4);
    const dilation = drawInteger(random, 1, 3);
    const padding = drawInteger(random, 0, Math.floor(kernel / 2));
    const reach = dilation * (kernel - 1) + 1 - 2 * padding;
    const size = drawInteger(random, Math.max(1, reach), Math.max(1, reach) + 9);
    return { kernel, dilation, padding, size, stride: drawInteger(random, 1, 3) };
  };
  const y = axis();
  const x = axis();
  return {
    inputs: { x: { shape: [drawInteger(random, 1, 3), drawInteger(random, 1, 9), y.size, x.size] } },
    attributes: {
      kernel: [y.kernel, x.kernel],
      stride: [y.stride, x.stride],
      padding: [y.padding, x.padding],
      dilation: [y.dilation, x.dilation],
    },
  };
}
