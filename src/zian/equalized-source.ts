import { equalized } from './clahe.js';
import type { ZianConfig } from './config.js';
import type { ImageSize } from './coordinates.js';
import { resizeTaps } from './preprocess-tables.js';
import { resizeWithTaps } from './resize-reference.js';
import type { KeptPixels } from './resize-source.js';
import type { SourcePixels } from './source.js';

/**
 * The pixels of an image for a model with DATA_CLAHE: resized, cropped and equalised on the CPU, so that the device's
 * preprocessing has only to copy and to normalise them.
 * @param size of the image
 * @param pixels those of its pixels that are kept, RGBA
 */
export function equalizedSource(
  size: ImageSize,
  { columns: across, rows: down }: KeptPixels,
  pixels: Uint8Array,
  { cropSize: [columns, rows] }: ZianConfig,
): SourcePixels {
  const kept = { width: across.kept.length, height: down.kept.length, data: pixels };
  return {
    size,
    pixels: equalized(resizeWithTaps(kept, across.taps, down.taps)).data,
    columns,
    rows,
    horizontal: resizeTaps(columns, columns).horizontal,
    vertical: resizeTaps(rows, rows).vertical,
    destroy: () => undefined,
  };
}
