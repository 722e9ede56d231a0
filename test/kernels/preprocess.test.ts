import { describe, expect, it } from 'vitest';
import type { RefTensor } from '../../src/kernels/contract.js';
import { preprocess } from '../../src/kernels/preprocess/preprocess.js';
import type { RgbaImage } from '../../src/zian/image.js';
import { type AxisTaps, cropTaps, resizeMode, resizeTaps } from '../../src/zian/preprocess-tables.js';
import { expectations, formulaImage, rgbDigest } from '../images/fixtures.js';
import { testDevice } from '../support/device.js';
import { runKernel } from '../support/kernel-runner.js';

const device = await testDevice();

interface Task {
  readonly image: RgbaImage;
  readonly horizontal: AxisTaps;
  readonly vertical: AxisTaps;
  readonly area: boolean;
  readonly mirror?: boolean;
  readonly dtype?: 'f32' | 'f16';
}

const tapTable = ({ lower, upper, lowerWeight, upperWeight }: AxisTaps) => ({
  shape: [1, lower.length, 4],
  data: Float64Array.from({ length: 4 * lower.length }, (_, i) => {
    return [lower, upper, lowerWeight, upperWeight][i % 4]?.[Math.floor(i / 4)] ?? Number.NaN;
  }),
  dtype: 'i32' as const,
});

/** Runs the kernel with a table that keeps the bytes, so that its result is an image again. */
async function run(task: Task): Promise<RgbaImage> {
  const { image, horizontal, vertical, area, mirror = false, dtype = 'f32' } = task;
  const [width, height] = [horizontal.lower.length, vertical.lower.length];
  const pixels = new Uint32Array(image.data.slice().buffer);
  const u32 = (values: ArrayLike<number>) => ({
    shape: [1, values.length],
    data: Float64Array.from(values),
    dtype: 'u32' as const,
  });
  const { y } = await runKernel(
    device.gpu,
    preprocess,
    {
      image: u32(pixels),
      columns: tapTable(horizontal),
      rows: tapTable(vertical),
      table: { shape: [768], data: Float64Array.from({ length: 768 }, (_, i) => i % 256), dtype: 'f32' },
      params: u32([image.width, area ? 1 : 0, mirror ? 1 : 0, 0]),
    },
    { dtype, height, width },
  );
  if (!y) throw new Error('no output y');
  return toImage(y);
}

/** Channels blue, green, red → RGBA. */
function toImage({ shape, data }: RefTensor): RgbaImage {
  const [, , height = 0, width = 0] = shape;
  const plane = width * height;
  const rgba = new Uint8Array(4 * plane);
  for (let i = 0; i < plane; i++)
    for (let channel = 0; channel < 3; channel++)
      rgba[4 * i + channel] = data[(2 - channel) * plane + i] ?? 0;
  return { width, height, data: rgba };
}

function taskOf(source: readonly [number, number], target: readonly [number, number]): Task {
  return {
    image: formulaImage(...source),
    horizontal: resizeTaps(source[0], target[0]).horizontal,
    vertical: resizeTaps(source[1], target[1]).vertical,
    area: resizeMode(...source, ...target) === 'area2x2',
  };
}

function mirrored(image: RgbaImage): RgbaImage {
  const { width, height } = image;
  const data = image.data.map((_, i) => {
    const [pixel, channel] = [Math.floor(i / 4), i % 4];
    const [row, column] = [Math.floor(pixel / width), pixel % width];
    return image.data[4 * (row * width + width - 1 - column) + channel] ?? 0;
  });
  return { width, height, data };
}

describe('preprocess resizes as OpenCV does, byte for byte', () => {
  it.each(expectations.resizes)('$source to $target', async ({ source, target, sha256 }) => {
    expect(rgbDigest(await run(taskOf(source, target)))).toBe(sha256);
  });

  it('crops by taking a part of the taps', async () => {
    const task = taskOf([101, 203], [64, 64]);
    const whole = await run(task);
    const part = await run({
      ...task,
      horizontal: cropTaps(task.horizontal, 5, 50),
      vertical: cropTaps(task.vertical, 7, 40),
    });
    for (let y = 0; y < 40; y++) {
      const from = 4 * ((y + 7) * 64 + 5);
      expect(part.data.subarray(200 * y, 200 * (y + 1))).toEqual(whole.data.subarray(from, from + 200));
    }
  });

  it('mirrors its result', async () => {
    const task = taskOf([33, 17], [20, 30]);
    expect(await run({ ...task, mirror: true })).toEqual(mirrored(await run(task)));
  });

  it.skipIf(!device.has('shader-f16'))('writes f16 (where the adapter has it)', async () => {
    const task = taskOf([33, 17], [20, 30]);
    expect(await run({ ...task, dtype: 'f16' })).toEqual(await run(task));
  });
});
