import { equalized } from './clahe.js';
import type { ZianConfig } from './config.js';
import { cropMargin } from './coordinates.js';
import type { RgbaImage } from './image.js';
import { cropTaps, resizeTaps } from './preprocess-tables.js';
import { resizeWithTaps } from './resize-reference.js';
import type { SourcePixels } from './source.js';

/**
 * The pixels of an image for a model with DATA_CLAHE: resized, cropped and equalised on the CPU, so that the device's
 * preprocessing has only to copy and to normalise them.
 */
export function equalizedSource(image: RgbaImage, config: ZianConfig): SourcePixels {
  const { imageSize, cropSize } = config;
  const margin = cropMargin(config);
  const [columns, rows] = cropSize;
  const cropped = resizeWithTaps(
    image,
    cropTaps(resizeTaps(image.width, imageSize[0]).horizontal, margin.x, columns),
    cropTaps(resizeTaps(image.height, imageSize[1]).vertical, margin.y, rows),
  );
  return {
    size: { width: image.width, height: image.height },
    pixels: equalized(cropped).data,
    columns,
    rows,
    horizontal: resizeTaps(columns, columns).horizontal,
    vertical: resizeTaps(rows, rows).vertical,
    destroy: () => undefined,
  };
}
