import type { RgbaImage } from './image.js';
import { type AxisTaps, resizeTaps } from './preprocess-tables.js';

/** Resizes with given taps on the CPU: the twin of the preprocessing shader, written for clarity. */
export function resizeWithTaps(image: RgbaImage, horizontal: AxisTaps, vertical: AxisTaps): RgbaImage {
  const width = horizontal.lower.length;
  const height = vertical.lower.length;
  const data = new Uint8Array(4 * width * height);

  /** Horizontal pass at one source row: at most 255·2048, without rounding. */
  const rowSum = (row: number, x: number, channel: number): number => {
    const start = 4 * row * image.width + channel;
    const left = image.data[start + 4 * (horizontal.lower[x] ?? 0)] ?? 0;
    const right = image.data[start + 4 * (horizontal.upper[x] ?? 0)] ?? 0;
    return left * (horizontal.lowerWeight[x] ?? 0) + right * (horizontal.upperWeight[x] ?? 0);
  };

  for (let y = 0; y < height; y++) {
    const upperRow = vertical.lower[y] ?? 0;
    const lowerRow = vertical.upper[y] ?? 0;
    const upperWeight = vertical.lowerWeight[y] ?? 0;
    const lowerWeight = vertical.upperWeight[y] ?? 0;
    for (let x = 0; x < width; x++) {
      const to = 4 * (y * width + x);
      for (let channel = 0; channel < 3; channel++) {
        const above = (upperWeight * (rowSum(upperRow, x, channel) >> 4)) >> 16;
        const below = (lowerWeight * (rowSum(lowerRow, x, channel) >> 4)) >> 16;
        data[to + channel] = (above + below + 2) >> 2;
      }
      data[to + 3] = 255;
    }
  }
  return { width, height, data };
}

/** `cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR)`, byte for byte. */
export function resizeReference(image: RgbaImage, width: number, height: number): RgbaImage {
  return resizeWithTaps(
    image,
    resizeTaps(image.width, width).horizontal,
    resizeTaps(image.height, height).vertical,
  );
}
