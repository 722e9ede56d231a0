import type { ZianConfig } from '../../src/zian/config.js';
import { cropMargin } from '../../src/zian/coordinates.js';
import type { RgbaImage } from '../../src/zian/image.js';
import { normalizeTable } from '../../src/zian/preprocess-tables.js';
import { resizeReference } from '../../src/zian/resize-reference.js';

/** Place of blue, green and red in a pixel. */
const CHANNELS = [2, 1, 0] as const;

/** A picture as the network sees it: [1, 3, height, width], blue, green, red, normalised. Computed on the CPU. */
export function networkInput(image: RgbaImage, config: ZianConfig): Float32Array {
  const [imageWidth, imageHeight] = config.imageSize;
  const [width, height] = config.cropSize;
  const { x, y } = cropMargin(config);
  const resized = resizeReference(image, imageWidth, imageHeight);
  const table = normalizeTable(config.mean, config.std);
  const out = new Float32Array(3 * width * height);
  CHANNELS.forEach((place, channel) => {
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++) {
        const byte = resized.data[4 * ((row + y) * imageWidth + column + x) + place] ?? 0;
        out[(channel * height + row) * width + column] = table[256 * channel + byte] ?? 0;
      }
  });
  return out;
}
