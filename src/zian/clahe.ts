import type { RgbaImage } from './image.js';
import { roundHalfToEven } from './preprocess-tables.js';

/** The reference's settings (docs/MODEL.md, preprocessing). */
const CLIP_LIMIT = 2;
const TILES = 8;
const BINS = 256;

const f = Math.fround;

/** What a tile maps each value to: its clipped histogram, summed up. */
function tileTable(
  plane: Uint8Array,
  pitch: number,
  left: number,
  top: number,
  width: number,
  height: number,
): Uint8Array {
  const histogram = new Int32Array(BINS);
  for (let y = top; y < top + height; y++) {
    for (let x = left; x < left + width; x++) {
      const value = plane[y * pitch + x] ?? 0;
      histogram[value] = (histogram[value] ?? 0) + 1;
    }
  }
  const area = width * height;
  const limit = Math.max(1, Math.trunc((CLIP_LIMIT * area) / BINS));
  let clipped = 0;
  for (const [value, count] of histogram.entries()) {
    clipped += Math.max(0, count - limit);
    histogram[value] = Math.min(count, limit);
  }
  // What was cut off is spread over all values, the rest of the division over every so many.
  const share = Math.floor(clipped / BINS);
  let rest = clipped - share * BINS;
  const step = rest === 0 ? BINS : Math.max(Math.floor(BINS / rest), 1);
  const table = new Uint8Array(BINS);
  const scale = f(255 / area);
  let sum = 0;
  for (let value = 0; value < BINS; value++) {
    const extra = rest > 0 && value % step === 0 ? 1 : 0;
    rest -= extra;
    sum += (histogram[value] ?? 0) + share + extra;
    table[value] = Math.min(255, roundHalfToEven(f(sum * scale)));
  }
  return table;
}

/** An axis as the interpolation between tiles reads it. */
function tileWeights(length: number, tile: number) {
  const inverse = f(1 / tile);
  return Array.from({ length }, (_, i) => {
    const position = f(f(i * inverse) - 0.5);
    const below = Math.floor(position);
    const weight = f(position - below);
    return { below: Math.max(below, 0), above: Math.min(below + 1, TILES - 1), weight, rest: f(1 - weight) };
  });
}

/** One channel, with the border that OpenCV adds where a side is no multiple of the tiles: mirrored, without its edge. */
function padded(plane: Uint8Array, width: number, height: number) {
  if (width % TILES === 0 && height % TILES === 0) return { plane, width, height };
  // A side that is a multiple gets a whole row of tiles' worth as well: OpenCV's own way.
  const wide = width + TILES - (width % TILES);
  const high = height + TILES - (height % TILES);
  const mirror = (i: number, length: number): number => {
    if (length === 1) return 0;
    const period = 2 * (length - 1);
    const within = i % period;
    return within < length ? within : period - within;
  };
  const result = new Uint8Array(wide * high);
  for (let y = 0; y < high; y++) {
    const row = mirror(y, height) * width;
    for (let x = 0; x < wide; x++) result[y * wide + x] = plane[row + mirror(x, width)] ?? 0;
  }
  return { plane: result, width: wide, height: high };
}

/**
 * Contrast-limited adaptive histogram equalisation of one channel: `cv2.createCLAHE(2.0, (8, 8)).apply(plane)`, byte for
 * byte (OpenCV 4.x, imgproc, `clahe.cpp`: float32 throughout, halves rounded to even).
 * @param plane width · height values, row by row
 */
export function clahe(plane: Uint8Array, width: number, height: number): Uint8Array {
  const whole = padded(plane, width, height);
  const [tileWidth, tileHeight] = [whole.width / TILES, whole.height / TILES];
  const tables = Array.from({ length: TILES * TILES }, (_, i) =>
    tileTable(
      whole.plane,
      whole.width,
      (i % TILES) * tileWidth,
      Math.floor(i / TILES) * tileHeight,
      tileWidth,
      tileHeight,
    ),
  );
  const columns = tileWeights(width, tileWidth);
  const result = new Uint8Array(width * height);
  for (const [y, row] of tileWeights(height, tileHeight).entries()) {
    for (const [x, column] of columns.entries()) {
      const value = plane[y * width + x] ?? 0;
      const across = (tile: number): number => {
        const left = tables[tile * TILES + column.below]?.[value] ?? 0;
        const right = tables[tile * TILES + column.above]?.[value] ?? 0;
        return f(f(left * column.rest) + f(right * column.weight));
      };
      const mixed = f(f(across(row.below) * row.rest) + f(across(row.above) * row.weight));
      result[y * width + x] = Math.min(255, roundHalfToEven(mixed));
    }
  }
  return result;
}

/** Each channel of an image by itself, as the reference does. */
export function equalized(image: RgbaImage): RgbaImage {
  const { width, height } = image;
  const data = new Uint8Array(image.data);
  for (let channel = 0; channel < 3; channel++) {
    const plane = Uint8Array.from({ length: width * height }, (_, i) => data[4 * i + channel] ?? 0);
    for (const [i, value] of clahe(plane, width, height).entries()) data[4 * i + channel] = value;
  }
  return { width, height, data };
}
