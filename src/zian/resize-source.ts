import type { ZianConfig } from './config.js';
import { cropMargin, type ImageSize } from './coordinates.js';
import type { RgbaImage } from './image.js';
import { type AxisTaps, cropTaps, resizeTaps } from './preprocess-tables.js';

/** What is left of one axis of an image without the rows (or columns) that no tap reads. */
export interface KeptAxis {
  /** Source indices to keep, ascending. */
  readonly kept: Uint32Array<ArrayBuffer>;
  /** Taps into what is kept. */
  readonly taps: AxisTaps;
}

/** Both axes of an image. */
export interface KeptPixels {
  readonly columns: KeptAxis;
  readonly rows: KeptAxis;
}

/**
 * Keeps what a resize along one axis reads, so that a large photograph becomes a small upload. The resize of the result
 * gives the same bytes, since every tap reads the same pixel as before.
 * @param source the axis's length in pixels
 */
export function keepAxis(taps: AxisTaps, source: number): KeptAxis {
  const used = new Uint8Array(source);
  // An index whose weight is zero is not read: its tap is pointed at the other one.
  const lower = taps.lower.map((index, i) => (taps.lowerWeight[i] === 0 ? (taps.upper[i] ?? 0) : index));
  const upper = taps.upper.map((index, i) => (taps.upperWeight[i] === 0 ? (taps.lower[i] ?? 0) : index));
  for (const index of lower) used[index] = 1;
  for (const index of upper) used[index] = 1;
  const position = new Int32Array(source);
  let count = 0;
  for (let i = 0; i < source; i++) {
    position[i] = count;
    count += used[i] ?? 0;
  }
  const kept = new Uint32Array(count);
  for (let i = 0; i < source; i++) if (used[i] === 1) kept[position[i] ?? 0] = i;
  const renumber = (index: number): number => position[index] ?? 0;
  return { kept, taps: { ...taps, lower: lower.map(renumber), upper: upper.map(renumber) } };
}

/** The pixels of an image that the network's preprocessing reads: at most twice the crop in either axis. */
export function keptPixels({ width, height }: ImageSize, config: ZianConfig): KeptPixels {
  const [imageWidth, imageHeight] = config.imageSize;
  const [cropWidth, cropHeight] = config.cropSize;
  const margin = cropMargin(config);
  // One set of taps reproduces OpenCV's plain copy and its 2 × 2 mean as well, so the mode is always bilinear.
  return {
    columns: keepAxis(cropTaps(resizeTaps(width, imageWidth).horizontal, margin.x, cropWidth), width),
    rows: keepAxis(cropTaps(resizeTaps(height, imageHeight).vertical, margin.y, cropHeight), height),
  };
}

/** The kept pixels of an image, row by row; the image's own where all are kept. */
export function gatherPixels(image: RgbaImage, { columns, rows }: KeptPixels): Uint8Array {
  const width = columns.kept.length;
  const height = rows.kept.length;
  if (width === image.width && height === image.height) return image.data;

  const data = new Uint8Array(4 * width * height);
  let to = 0;
  for (const row of rows.kept) {
    const start = 4 * row * image.width;
    if (width === image.width) {
      data.set(image.data.subarray(start, start + 4 * width), to);
      to += 4 * width;
      continue;
    }
    for (const column of columns.kept) {
      const from = start + 4 * column;
      data[to++] = image.data[from] ?? 0;
      data[to++] = image.data[from + 1] ?? 0;
      data[to++] = image.data[from + 2] ?? 0;
      data[to++] = image.data[from + 3] ?? 0;
    }
  }
  return data;
}
