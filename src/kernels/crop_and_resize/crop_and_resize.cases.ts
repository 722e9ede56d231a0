import { drawInteger, drawItem } from '../common/draw.js';
import type { CaseInput, FuzzCase, KernelCase } from '../contract.js';
import type { CropAndResizeAttributes } from './crop_and_resize.js';
import { cropPositions } from './positions.js';

const rounding = { absolute: 4e-7, relative: 0 };
const why = 'four weights of two roundings each and four fused steps; all values are below 1';

/** Tables for all centres 0, step, 2·step … of an axis of `extent` pixels. */
function table(extent: number, size: number, scale: number, step = 1): CaseInput {
  const centers = Array.from({ length: Math.ceil(extent / step) }, (_, p) => p * step);
  return { shape: [centers.length, size], values: [...cropPositions({ centers, size, scale, extent })] };
}

const index = (...values: number[]): CaseInput => ({
  shape: [values.length / 4, 1, 4],
  dtype: 'u32',
  values,
});

const rest = { attributes: {}, tolerance: rounding, why };

export const cropAndResizeCases: readonly KernelCase<CropAndResizeAttributes>[] = [
  {
    name: '1×1 image, positions around it',
    inputs: {
      image: { shape: [1, 1, 1, 1] },
      columns: { shape: [1, 5], values: [-1.5, -0.75, 0, 0.25, 1] },
      rows: { shape: [1, 3], values: [-0.5, 0, 40] },
    },
    ...rest,
  },
  {
    name: 'odd sizes 2×5×7×9, one centre per image',
    inputs: {
      image: { shape: [2, 5, 7, 9] },
      columns: table(9, 5, 1.5),
      rows: table(7, 5, 1.5),
      index: index(8, 0, 7, 99, 0, 6, 5, 99),
    },
    ...rest,
  },
  {
    name: 'one centre for three images, scale 1/1.5',
    inputs: {
      image: { shape: [3, 3, 12, 10] },
      columns: table(10, 7, 1 / 1.5),
      rows: table(12, 7, 1 / 1.5),
      index: index(4, 11, 1, 1),
    },
    ...rest,
  },
  {
    name: 'first row of the tables without an index, wider than the image',
    inputs: {
      image: { shape: [1, 6, 4, 4] },
      columns: {
        shape: [1, 12],
        values: [...cropPositions({ centers: [1], size: 12, scale: 2, extent: 4 })],
      },
      rows: { shape: [1, 9], values: [...cropPositions({ centers: [3], size: 9, scale: 0.5, extent: 4 })] },
    },
    ...rest,
  },
  {
    name: 'an index past the tables takes their last row',
    inputs: {
      image: { shape: [1, 1, 6, 6] },
      columns: table(6, 4, 1),
      rows: table(6, 4, 1),
      index: index(4_000_000_000, 6, 0, 0),
    },
    ...rest,
  },
  {
    name: 'NaN and infinities stay where they are, zeros outside',
    inputs: {
      image: { shape: [1, 1, 3, 3], values: [Number.NaN, 1, 2, 3, Infinity, 4, 5, 6, -Infinity] },
      columns: { shape: [1, 6], values: [-2, -1, -0.5, 1.5, 2.25, 3] },
      rows: { shape: [1, 6], values: [-2, -0.25, 0, 1.5, 2.75, 9] },
    },
    attributes: {},
    tolerance: { absolute: 1e-6, relative: 1e-6 },
    why: 'finite values are below 8',
  },
  {
    name: 'region of interest 3×1024×1024 to 256×256, scale 2',
    inputs: {
      image: { shape: [1, 3, 1024, 1024] },
      columns: table(1024, 256, 2, 32),
      rows: table(1024, 256, 2, 32),
      index: index(30, 9, 0, 0),
    },
    ...rest,
    bench: true,
  },
  {
    name: 'coarse features 16×256×256, scale 1/4',
    inputs: {
      image: { shape: [1, 16, 256, 256] },
      columns: table(256, 256, 0.25, 16),
      rows: table(256, 256, 0.25, 16),
      index: index(7, 9, 0, 0),
    },
    ...rest,
    bench: true,
  },
];

export const cropAndResizeFuzzTolerance = rounding;

export function cropAndResizeFuzz(random: () => number): FuzzCase<CropAndResizeAttributes> {
  const [n, c] = [drawInteger(random, 1, 3), drawInteger(random, 1, 9)];
  const [h, w] = [drawInteger(random, 2, 15), drawInteger(random, 2, 15)];
  const size = drawInteger(random, 1, 14);
  const scale = drawItem(random, [0.25, 0.5, 1 / 1.5, 1, 1.5, 2]);
  const images = random() < 0.5 ? n : 1;
  const centers = Array.from({ length: images }, () => [
    drawInteger(random, 0, w - 1),
    drawInteger(random, 0, h - 1),
    0,
    0,
  ]);
  const inputs = {
    image: { shape: [n, c, h, w] },
    columns: table(w, size, scale),
    rows: table(h, size, scale),
  };
  return {
    inputs: random() < 0.7 ? { ...inputs, index: index(...centers.flat()) } : inputs,
    attributes: {},
  };
}
