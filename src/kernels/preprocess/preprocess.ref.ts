import { operand } from '../common/operand.js';
import type { Reference, RefTensor } from '../contract.js';
import type { PreprocessAttributes } from './preprocess.js';

interface Tap {
  readonly lower: number;
  readonly upper: number;
  readonly lowerWeight: number;
  readonly upperWeight: number;
}

function tapAt({ data }: RefTensor, i: number): Tap {
  const [lower = 0, upper = 0, lowerWeight = 0, upperWeight = 0] = data.subarray(4 * i, 4 * i + 4);
  return { lower, upper, lowerWeight, upperWeight };
}

/** Bit position of blue, green and red in a pixel with red in the low byte. */
const SHIFTS = [16, 8, 0] as const;

export const preprocessReference: Reference<PreprocessAttributes> = (inputs, { height, width }) => {
  const get = (name: string): RefTensor => operand(inputs, name, 'preprocess');
  const [n = 0, capacity = 0] = get('image').shape;
  const data = new Float64Array(n * 3 * height * width);
  for (let image = 0; image < n; image++) {
    const [pitch = 0, mode, mirror] = get('params').data.subarray(4 * image);
    SHIFTS.forEach((shift, channel) => {
      const byteAt = (row: number, column: number): number =>
        ((get('image').data[image * capacity + row * pitch + column] ?? 0) >>> shift) & 255;
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) {
          const across = tapAt(get('columns'), image * width + (mirror === 1 ? width - 1 - x : x));
          const down = tapAt(get('rows'), image * height + y);
          const [a, b] = [byteAt(down.lower, across.lower), byteAt(down.lower, across.upper)];
          const [c, d] = [byteAt(down.upper, across.lower), byteAt(down.upper, across.upper)];
          const upper = Math.floor((a * across.lowerWeight + b * across.upperWeight) / 16);
          const lower = Math.floor((c * across.lowerWeight + d * across.upperWeight) / 16);
          const truncated = (weight: number, row: number): number => Math.floor((weight * row) / 65536);
          const byte =
            mode === 1
              ? Math.floor((a + b + c + d + 2) / 4)
              : Math.floor((truncated(down.lowerWeight, upper) + truncated(down.upperWeight, lower) + 2) / 4);
          data[((3 * image + channel) * height + y) * width + x] =
            get('table').data[256 * channel + byte] ?? Number.NaN;
        }
    });
  }
  return { y: { shape: [n, 3, height, width], data } };
};
