/**
 * Tables for preprocessing: OpenCV's `resize(uint8, INTER_LINEAR)` and PyTorch's normalisation,
 * both reproducible bit for bit. The resize follows the reference path of OpenCV 4.x (imgproc,
 * `resize.cpp`): 11-bit fixed-point weights, rows first, and a vertical pass that truncates each of its
 * two products by itself.
 */

/** For every destination index along one axis: the two source indices and their 11-bit weights. */
export interface AxisTaps {
  readonly lower: Int32Array;
  readonly upper: Int32Array;
  /** Weight of `lower`, 0 to 2048. */
  readonly lowerWeight: Int32Array;
  /** Weight of `upper`, 0 to 2048. */
  readonly upperWeight: Int32Array;
}

/** Taps of both axes for one pair of lengths: OpenCV treats the borders of rows and columns differently. */
export interface ResizeTaps {
  readonly horizontal: AxisTaps;
  readonly vertical: AxisTaps;
}

const WEIGHT_ONE = 2048;

const makeTaps = (length: number): AxisTaps => ({
  lower: new Int32Array(length),
  upper: new Int32Array(length),
  lowerWeight: new Int32Array(length),
  upperWeight: new Int32Array(length),
});

/** Round to nearest, ties to even, as C's `lrintf`. `value` ≥ 0. */
export function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const fraction = value - floor;
  if (fraction !== 0.5) return fraction < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

/**
 * Taps for resizing an axis of `source` pixels to `target` pixels, both ≥ 1.
 *
 * Positions are computed in float64 and rounded once to float32; weights are formed in float32.
 * Along a row, positions outside the image move to the border pixel with full weight; along a column
 * the weights stay and only the indices are clamped.
 */
export function resizeTaps(source: number, target: number): ResizeTaps {
  const horizontal = makeTaps(target);
  const vertical = makeTaps(target);
  const last = source - 1;
  // Not source/target: the two divisions can differ from it in the last bit, and OpenCV does them.
  const scale = 1 / (target / source);
  for (let i = 0; i < target; i++) {
    const position = Math.fround((i + 0.5) * scale - 0.5);
    const floor = Math.floor(position);
    const fraction = Math.fround(position - floor);
    const lowerWeight = roundHalfToEven(Math.fround(Math.fround(1 - fraction) * WEIGHT_ONE));
    const upperWeight = roundHalfToEven(Math.fround(fraction * WEIGHT_ONE));

    const outside = floor < 0 || floor >= last;
    horizontal.lower[i] = Math.min(Math.max(floor, 0), last);
    horizontal.upper[i] = outside ? (horizontal.lower[i] ?? 0) : floor + 1;
    horizontal.lowerWeight[i] = outside ? WEIGHT_ONE : lowerWeight;
    horizontal.upperWeight[i] = outside ? 0 : upperWeight;

    vertical.lower[i] = Math.min(Math.max(floor, 0), last);
    vertical.upper[i] = Math.min(Math.max(floor + 1, 0), last);
    vertical.lowerWeight[i] = lowerWeight;
    vertical.upperWeight[i] = upperWeight;
  }
  return { horizontal, vertical };
}

/**
 * Which of OpenCV's routines handles a resize. The bilinear formula with {@link resizeTaps} gives the
 * same bytes for all three (the tests show it), so an implementation may use it alone; the modes tell
 * where a cheaper one will do.
 */
export type ResizeMode = 'copy' | 'area2x2' | 'bilinear';

export function resizeMode(
  sourceWidth: number,
  sourceHeight: number,
  targetWidth: number,
  targetHeight: number,
): ResizeMode {
  if (sourceWidth === targetWidth && sourceHeight === targetHeight) return 'copy';
  if (sourceWidth === 2 * targetWidth && sourceHeight === 2 * targetHeight) return 'area2x2';
  return 'bilinear';
}

/** The taps of `length` destination indices from `offset` on: a crop after the resize, without making its rest. */
export function cropTaps(taps: AxisTaps, offset: number, length: number): AxisTaps {
  const end = offset + length;
  if (offset < 0 || length < 1 || end > taps.lower.length) {
    throw new RangeError(`crop ${offset}..${end} is outside the ${taps.lower.length} destination indices`);
  }
  return {
    lower: taps.lower.slice(offset, end),
    upper: taps.upper.slice(offset, end),
    lowerWeight: taps.lowerWeight.slice(offset, end),
    upperWeight: taps.upperWeight.slice(offset, end),
  };
}

/**
 * `((v / 255) − mean) / std` for every byte value v, as PyTorch computes it: each step rounded to
 * float32. Entry 256·channel + v; the channels are those of `mean` and `std`, in OpenCV's order B, G, R.
 */
export function normalizeTable(
  mean: readonly [number, number, number],
  std: readonly [number, number, number],
): Float32Array {
  const table = new Float32Array(3 * 256);
  for (const channel of [0, 1, 2] as const) {
    const channelMean = Math.fround(mean[channel]);
    const channelStd = Math.fround(std[channel]);
    for (let value = 0; value < 256; value++) {
      const centred = Math.fround(Math.fround(value / 255) - channelMean);
      table[256 * channel + value] = centred / channelStd;
    }
  }
  return table;
}
