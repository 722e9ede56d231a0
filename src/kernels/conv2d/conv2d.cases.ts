import { drawInteger, drawItem } from '../common/draw.js';
import type { FuzzCase, KernelCase } from '../contract.js';
import type { Conv2dAttributes } from './geometry.js';

/** A sum of k products of values below 1 in float32: k roundings of partial sums that grow like sqrt(k). */
const accumulated = (k: number): KernelCase['tolerance'] => ({ absolute: 6e-8 * (k + 8), relative: 1e-6 });
const why = (k: number): string => `${k} products of values below 1, accumulated in float32`;

type Case = KernelCase<Conv2dAttributes>;
const products = (k: number) => ({ tolerance: accumulated(k), why: why(k) });

export const conv2dCases: readonly Case[] = [
  {
    name: '1×1 image, 1 channel, 3×3',
    inputs: { x: { shape: [1, 1, 1, 1] }, weight: { shape: [1, 1, 3, 3] } },
    attributes: { padding: [1, 1] },
    ...products(9),
  },
  {
    name: '3 → 5 channels, 7×9, stride 2, bias, batch 2',
    inputs: { x: { shape: [2, 3, 7, 9] }, weight: { shape: [5, 3, 3, 3] }, bias: { shape: [5] } },
    attributes: { stride: [2, 2], padding: [1, 1] },
    ...products(27),
  },
  {
    name: '6 → 20 channels, kernel 2×5, stride 1×3, padding 2×0, dilation 2×1',
    inputs: { x: { shape: [1, 6, 11, 17] }, weight: { shape: [20, 6, 2, 5] } },
    attributes: { stride: [1, 3], padding: [2, 0], dilation: [2, 1] },
    ...products(60),
  },
  {
    name: 'padding wider than the kernel',
    inputs: { x: { shape: [1, 4, 3, 2] }, weight: { shape: [12, 4, 2, 2] } },
    attributes: { padding: [3, 5] },
    ...products(16),
  },
  {
    name: 'aligned groups with ReLU',
    inputs: { x: { shape: [1, 24, 9, 6] }, weight: { shape: [36, 8, 3, 3] }, bias: { shape: [36] } },
    attributes: { groups: 3, padding: [1, 1], activation: 'relu' },
    ...products(72),
  },
  {
    name: 'groups that split vec4s',
    inputs: { x: { shape: [2, 6, 5, 5] }, weight: { shape: [9, 2, 3, 3] }, bias: { shape: [9] } },
    attributes: { groups: 3, padding: [1, 1] },
    ...products(18),
  },
  {
    name: 'depthwise 7 channels, stride 2, GELU',
    inputs: { x: { shape: [2, 7, 9, 8] }, weight: { shape: [7, 1, 5, 5] }, bias: { shape: [7] } },
    attributes: { groups: 7, stride: [2, 2], padding: [2, 2], activation: 'gelu' },
    ...products(25),
  },
  {
    name: 'three residuals, two upsampled, ReLU, rows of 33',
    inputs: {
      x: { shape: [1, 12, 36, 32] },
      weight: { shape: [20, 12, 3, 3] },
      bias: { shape: [20] },
      r0: { shape: [1, 20, 36, 32] },
      r1: { shape: [1, 20, 18, 16] },
      r2: { shape: [1, 20, 9, 8] },
    },
    attributes: { padding: [1, 1], activation: 'relu', factors: [1, 2, 4] },
    ...products(112),
  },
  {
    name: '20 → 33, 13×7, padding 2×0, residuals, batch 4 of two branches',
    inputs: {
      x: { shape: [4, 20, 13, 7] },
      weight: { shape: [66, 20, 3, 3] },
      bias: { shape: [66] },
      r0: { shape: [4, 33, 15, 5] },
      r1: { shape: [4, 33, 3, 1] },
    },
    attributes: { branches: 2, padding: [2, 0], activation: 'gelu', factors: [1, 5] },
    ...products(184),
  },
  {
    name: 'only the second residual',
    inputs: { x: { shape: [1, 4, 6, 6] }, weight: { shape: [4, 4, 1, 1] }, r1: { shape: [1, 4, 2, 2] } },
    attributes: { factors: [3] },
    ...products(5),
  },
  {
    name: 'two branches with weights of their own, batch 4',
    inputs: { x: { shape: [4, 5, 6, 7] }, weight: { shape: [12, 5, 3, 3] }, bias: { shape: [12] } },
    attributes: { branches: 2, padding: [1, 1] },
    ...products(45),
  },
  {
    name: 'linear over tokens 2×19×6 → 10, sigmoid',
    inputs: { x: { shape: [2, 19, 6] }, weight: { shape: [10, 6] }, bias: { shape: [10] } },
    attributes: { activation: 'sigmoid' },
    ...products(6),
  },
  {
    name: 'linear over rows 5×48 → 1',
    inputs: { x: { shape: [5, 48] }, weight: { shape: [1, 48] }, bias: { shape: [1] } },
    attributes: {},
    ...products(48),
  },
  {
    name: 'NaN and infinity reach just the pixels that see them',
    inputs: {
      x: {
        shape: [1, 1, 4, 5],
        values: [0, 0, 0, 0, 0, 0, Number.NaN, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, Infinity],
      },
      weight: { shape: [1, 1, 3, 3], low: 0.5, high: 1 },
    },
    attributes: { padding: [1, 1], activation: 'relu' },
    tolerance: { absolute: 0, relative: 0 },
    why: 'zero, NaN or infinity everywhere',
  },
  {
    name: '32 → 32, 64×64',
    inputs: { x: { shape: [1, 32, 64, 64] }, weight: { shape: [32, 32, 3, 3] }, bias: { shape: [32] } },
    attributes: { padding: [1, 1], activation: 'relu' },
    ...products(288),
    bench: true,
    large: true,
  },
  {
    name: '64 → 64, 32×32, two branches',
    inputs: { x: { shape: [2, 64, 32, 32] }, weight: { shape: [128, 64, 3, 3] }, bias: { shape: [128] } },
    attributes: { branches: 2, padding: [1, 1], activation: 'relu' },
    ...products(576),
    bench: true,
    large: true,
  },
  {
    name: '128 → 128, 16×16, two branches',
    inputs: { x: { shape: [2, 128, 16, 16] }, weight: { shape: [256, 128, 3, 3] }, bias: { shape: [256] } },
    attributes: { branches: 2, padding: [1, 1], activation: 'relu' },
    ...products(1152),
    bench: true,
    large: true,
  },
  {
    name: '256 → 256, 8×8, two branches',
    inputs: { x: { shape: [2, 256, 8, 8] }, weight: { shape: [512, 256, 3, 3] }, bias: { shape: [512] } },
    attributes: { branches: 2, padding: [1, 1], activation: 'relu' },
    ...products(2304),
    bench: true,
    large: true,
  },
  {
    name: '48 → 16, 128×128',
    inputs: { x: { shape: [1, 48, 128, 128] }, weight: { shape: [16, 48, 3, 3] }, bias: { shape: [16] } },
    attributes: { padding: [1, 1] },
    ...products(432),
    bench: true,
    large: true,
  },
];

export const conv2dFuzzTolerance = accumulated(1500);

export function conv2dFuzz(random: () => number): FuzzCase<Conv2dAttributes> {
  const integer = (low: number, high: number): number => drawInteger(random, low, high);
  const groups = drawItem(random, [1, 1, 1, 2, 3]);
  const branches = drawItem(random, [1, 1, 2]);
  const cin = groups * integer(1, 9);
  const cout = groups * integer(1, 11);
  const kernel = [integer(1, 4), integer(1, 4)];
  const padding = [integer(0, 2), integer(0, 2)];
  const dilation = [integer(1, 2), integer(1, 2)];
  const size = kernel.map((k, axis) => (dilation[axis] ?? 1) * (k - 1) + integer(1, 40));
  return {
    inputs: {
      x: { shape: [branches * integer(1, 2), cin, ...size] },
      weight: { shape: [branches * cout, cin / groups, ...kernel] },
      ...(random() < 0.5 ? { bias: { shape: [branches * cout] } } : {}),
    },
    attributes: {
      groups,
      branches,
      padding,
      dilation,
      stride: [integer(1, 3), integer(1, 3)],
      activation: drawItem(random, ['none', 'relu']),
    },
  };
}
