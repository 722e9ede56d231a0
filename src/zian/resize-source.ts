import type { RgbaImage } from './image.js';
import type { AxisTaps } from './preprocess-tables.js';

/** An image without the rows and columns that no tap reads, and the taps renumbered to match. */
export interface CompactSource {
  readonly image: RgbaImage;
  readonly horizontal: AxisTaps;
  readonly vertical: AxisTaps;
}

interface CompactAxis {
  /** Source indices to keep, ascending. */
  readonly kept: Int32Array;
  readonly taps: AxisTaps;
}

function compactAxis(taps: AxisTaps, source: number): CompactAxis {
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
  const kept = new Int32Array(count);
  for (let i = 0; i < source; i++) if (used[i] === 1) kept[position[i] ?? 0] = i;
  const renumber = (index: number): number => position[index] ?? 0;
  return { kept, taps: { ...taps, lower: lower.map(renumber), upper: upper.map(renumber) } };
}

/**
 * Keeps what a resize reads: at most twice the destination in either axis, so that a large photograph
 * becomes a small upload. The resize of the result gives the same bytes, since every tap reads the
 * same pixel as before.
 */
export function compactSource(image: RgbaImage, horizontal: AxisTaps, vertical: AxisTaps): CompactSource {
  const columns = compactAxis(horizontal, image.width);
  const rows = compactAxis(vertical, image.height);
  const width = columns.kept.length;
  const height = rows.kept.length;
  const result = { horizontal: columns.taps, vertical: rows.taps };
  if (width === image.width && height === image.height) return { image, ...result };

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
  return { image: { width, height, data }, ...result };
}
