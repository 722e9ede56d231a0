import type { Executable } from '../graph/index.js';
import type { ZianConfig } from './config.js';
import { cropMargin } from './coordinates.js';
import type { RgbaImage } from './image.js';
import { type AxisTaps, cropTaps, normalizeTable, resizeTaps } from './preprocess-tables.js';
import { compactSource } from './resize-source.js';

/** Taps as the preprocessing kernel reads them: lower and upper index, their weights. */
function interleave({ lower, upper, lowerWeight, upperWeight }: AxisTaps): Int32Array {
  const table = new Int32Array(4 * lower.length);
  lower.forEach((_, i) => {
    table.set([lower[i] ?? 0, upper[i] ?? 0, lowerWeight[i] ?? 0, upperWeight[i] ?? 0], 4 * i);
  });
  return table;
}

/** Writes an image, its resize tables and the normalisation into a graph's preprocessing inputs. */
export function writeSource(
  executable: Executable,
  image: RgbaImage,
  config: ZianConfig,
  mirror: boolean,
): void {
  const [imageWidth, imageHeight] = config.imageSize;
  const [width, height] = config.cropSize;
  const margin = cropMargin(config);
  // One set of taps reproduces OpenCV's plain copy and its 2 × 2 mean as well, so the mode is always bilinear.
  const source = compactSource(
    image,
    cropTaps(resizeTaps(image.width, imageWidth).horizontal, margin.x, width),
    cropTaps(resizeTaps(image.height, imageHeight).vertical, margin.y, height),
  );
  executable.write('image', source.image.data);
  executable.write('columns', interleave(source.horizontal));
  executable.write('rows', interleave(source.vertical));
  executable.write('table', normalizeTable(config.mean, config.std));
  executable.write('params', Uint32Array.of(source.image.width, 0, mirror ? 1 : 0, 0));
}
