import type { RgbaImage } from './rgba-image.js';

/** Turns and mirrors the stored image so that it is seen upright. Orientation as in EXIF, 1 to 8. */
export function applyOrientation(image: RgbaImage, orientation: number): RgbaImage {
  if (orientation === 1) return image;
  const { width, height } = image;
  const transposed = orientation >= 5;
  // Orientations as seen from the upright image: its rows run along the stored columns (5 to 8), and
  // the stored columns (2, 3, 7, 8) or rows (3, 4, 6, 7) are walked backwards.
  const flipX = orientation === 2 || orientation === 3 || orientation === 7 || orientation === 8;
  const flipY = orientation === 3 || orientation === 4 || orientation === 6 || orientation === 7;
  const outWidth = transposed ? height : width;
  const outHeight = transposed ? width : height;
  const source = new Uint32Array(image.data.buffer, image.data.byteOffset, width * height);
  const target = new Uint32Array(width * height);
  let next = 0;
  for (let y = 0; y < outHeight; y++) {
    for (let x = 0; x < outWidth; x++) {
      const column = transposed ? y : x;
      const row = transposed ? x : y;
      const from = (flipY ? height - 1 - row : row) * width + (flipX ? width - 1 - column : column);
      target[next++] = source[from] ?? 0;
    }
  }
  return { width: outWidth, height: outHeight, data: new Uint8Array(target.buffer) };
}
