import type { RgbaImage } from '../image.js';

/** For one output index: the first input index that counts, and the weights from there on (sum 1). */
interface Window {
  readonly start: number;
  readonly weights: readonly number[];
}

/** Area average when shrinking, linear interpolation between pixel centres when enlarging. */
function windows(source: number, target: number): Window[] {
  const ratio = source / target;
  return Array.from({ length: target }, (_, i) => {
    if (ratio > 1) {
      const [from, to] = [i * ratio, Math.min(source, (i + 1) * ratio)];
      const start = Math.min(Math.floor(from), source - 1);
      const end = Math.max(start + 1, Math.ceil(to - 1e-9));
      const parts = Array.from({ length: end - start }, (_, k) =>
        Math.max(0, Math.min(to, start + k + 1) - Math.max(from, start + k)),
      );
      const sum = parts.reduce((a, b) => a + b, 0);
      return { start, weights: parts.map((part) => part / sum) };
    }
    const position = Math.min(source - 1, Math.max(0, (i + 0.5) * ratio - 0.5));
    const start = Math.floor(position);
    const fraction = position - start;
    return { start, weights: fraction === 0 ? [1] : [1 - fraction, fraction] };
  });
}

/** Resizes for display. For what the network sees, see resize-reference.ts. */
export function scaleForDisplay(image: RgbaImage, width: number, height: number): RgbaImage {
  if (width === image.width && height === image.height) return image;
  const columns = windows(image.width, width);
  const rows = windows(image.height, height);
  const data = new Uint8Array(4 * width * height).fill(255);
  const sums = new Float32Array(3 * width);
  for (const [y, { start: top, weights }] of rows.entries()) {
    sums.fill(0);
    for (const [k, rowWeight] of weights.entries()) {
      const row = 4 * (top + k) * image.width;
      for (let x = 0; x < width; x++) addColumn(image.data, row, columns[x], rowWeight, sums, 3 * x);
    }
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) data[4 * (y * width + x) + c] = Math.round(sums[3 * x + c] ?? 0);
    }
  }
  return { width, height, data };
}

function addColumn(
  data: Uint8Array,
  row: number,
  column: Window | undefined,
  rowWeight: number,
  sums: Float32Array,
  to: number,
): void {
  if (column === undefined) return;
  let [red, green, blue] = [0, 0, 0];
  let at = row + 4 * column.start;
  for (const weight of column.weights) {
    red += weight * (data[at] ?? 0);
    green += weight * (data[at + 1] ?? 0);
    blue += weight * (data[at + 2] ?? 0);
    at += 4;
  }
  sums[to] = (sums[to] ?? 0) + rowWeight * red;
  sums[to + 1] = (sums[to + 1] ?? 0) + rowWeight * green;
  sums[to + 2] = (sums[to + 2] ?? 0) + rowWeight * blue;
}
