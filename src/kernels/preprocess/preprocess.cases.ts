import { drawInteger } from '../common/draw.js';
import type { CaseInput, FuzzCase, KernelCase } from '../contract.js';
import type { PreprocessAttributes } from './preprocess.js';

type Rest = Pick<KernelCase<PreprocessAttributes>, 'bench'>;

/** Values that both float types hold exactly, another one for every byte and channel. */
const table: CaseInput = {
  shape: [768],
  values: Array.from({ length: 768 }, (_, i) => (i % 256) / 4 + 64 * Math.floor(i / 256) - 100),
};

/** Taps as a bilinear resize from `source` to `length` pixels has them, with 11-bit weights; the mode decides on their use. */
function taps(source: number, length: number): CaseInput {
  const values = Array.from({ length }, (_, i) => {
    const at = Math.min(Math.max(((i + 0.5) * source) / length - 0.5, 0), source - 1);
    const lower = Math.floor(at);
    const weight = Math.round((at - lower) * 2048);
    return [lower, Math.min(lower + 1, source - 1), 2048 - weight, weight];
  });
  return { shape: [1, length, 4], dtype: 'i32', values: values.flat() };
}

/** The two source indices of each mean of 2×2. */
function pairs(length: number): CaseInput {
  const values = Array.from({ length }, (_, i) => [2 * i, 2 * i + 1, 1024, 1024]);
  return { shape: [1, length, 4], dtype: 'i32', values: values.flat() };
}

/** A batch of images, each with its own size and taps, of the same capacity. */
function batch(
  sources: readonly (readonly [width: number, height: number, mirror?: 'mirrored'])[],
  [width, height]: readonly [width: number, height: number],
): KernelCase<PreprocessAttributes>['inputs'] {
  const tables = (axis: 0 | 1, length: number): CaseInput => ({
    shape: [sources.length, length, 4],
    dtype: 'i32',
    values: sources.flatMap((source) => taps(source[axis], length).values ?? []),
  });
  return {
    image: {
      shape: [sources.length, Math.max(...sources.map(([w, h]) => w * h))],
      dtype: 'u32',
      low: 0,
      high: 2 ** 32,
    },
    columns: tables(0, width),
    rows: tables(1, height),
    table,
    params: {
      shape: [sources.length, 4],
      dtype: 'u32',
      values: sources.flatMap(([w, , mirror]) => [w, 0, mirror === undefined ? 0 : 1, 0]),
    },
  };
}

function preprocessCase(
  name: string,
  source: readonly [width: number, height: number],
  [width, height]: readonly [width: number, height: number],
  {
    area = false,
    mirror = false,
    spare = 0,
    ...rest
  }: Rest & { area?: boolean; mirror?: boolean; spare?: number },
): KernelCase<PreprocessAttributes> {
  return {
    name,
    inputs: {
      image: { shape: [1, source[0] * source[1] + spare], dtype: 'u32', low: 0, high: 2 ** 32 },
      columns: area ? pairs(width) : taps(source[0], width),
      rows: area ? pairs(height) : taps(source[1], height),
      table,
      params: { shape: [1, 4], dtype: 'u32', values: [source[0], area ? 1 : 0, mirror ? 1 : 0, 0] },
    },
    attributes: { dtype: 'f32', height, width },
    tolerance: { absolute: 0, relative: 0 },
    why: 'integers until the value is looked up',
    ...rest,
  };
}

export const preprocessCases: readonly KernelCase<PreprocessAttributes>[] = [
  preprocessCase('1×1 to 1×1', [1, 1], [1, 1], {}),
  preprocessCase('1×1 to 3×2', [1, 1], [3, 2], {}),
  preprocessCase('13×7 to 5×9, capacity to spare', [13, 7], [5, 9], { spare: 30 }),
  preprocessCase('13×7 to 5×9, mirrored', [13, 7], [5, 9], { mirror: true }),
  preprocessCase('same size 6×5', [6, 5], [6, 5], {}),
  preprocessCase('mean of 2×2, 14×6 to 7×3', [14, 6], [7, 3], { area: true }),
  preprocessCase('mean of 2×2, mirrored', [14, 6], [7, 3], { area: true, mirror: true, spare: 3 }),
  {
    name: 'three images of 13×7, 3×9 and 6×5 to 5×9, the second one mirrored',
    inputs: batch(
      [
        [13, 7],
        [3, 9, 'mirrored'],
        [6, 5],
      ],
      [5, 9],
    ),
    attributes: { dtype: 'f32', height: 9, width: 5 },
    tolerance: { absolute: 0, relative: 0 },
    why: 'integers until the value is looked up',
  },
  preprocessCase('fundus photograph 1634×1634 to 1024×1024', [1634, 1634], [1024, 1024], { bench: true }),
];

export function preprocessFuzz(random: () => number): FuzzCase<PreprocessAttributes> {
  const mirror = random() < 0.5;
  const spare = drawInteger(random, 0, 9);
  const [width, height] = [drawInteger(random, 1, 20), drawInteger(random, 1, 20)];
  if (random() < 0.3)
    return preprocessCase('', [2 * width, 2 * height], [width, height], { area: true, mirror, spare });
  if (random() < 0.3) {
    const sources = Array.from({ length: drawInteger(random, 2, 4) }, () => {
      const size = [drawInteger(random, 1, 40), drawInteger(random, 1, 40)] as const;
      return random() < 0.5 ? size : ([...size, 'mirrored'] as const);
    });
    return { inputs: batch(sources, [width, height]), attributes: { dtype: 'f32', height, width } };
  }
  const source = [drawInteger(random, 1, 40), drawInteger(random, 1, 40)] as const;
  return preprocessCase('', source, [width, height], { mirror, spare });
}
