import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RgbaImage } from '../../src/zian/image.js';

interface ExpectedImage {
  readonly file: string;
  readonly width: number;
  readonly height: number;
  /** Of the R, G, B bytes. */
  readonly sha256: string;
}

/** What test/images/make_fixtures.py found OpenCV to do. */
export interface Expectations {
  readonly opencv: string;
  /** PNG and JPEG, which browsers read as well. */
  readonly images: readonly ExpectedImage[];
  readonly tiff: readonly ExpectedImage[];
  /** What the writer of the DICOM files meant, computed by NumPy; JPEG decoded by OpenCV. */
  readonly dicom: readonly ExpectedImage[];
  readonly resizes: readonly { source: [number, number]; target: [number, number]; sha256: string }[];
  /** Of the 768 float32 values, little-endian. */
  readonly normalizations: readonly { mean: Triple; std: Triple; sha256: string }[];
}

type Triple = readonly [number, number, number];

const folder = join(import.meta.dirname, '../fixtures/images');

export const fixturePath = (file: string): string => join(folder, file);

export const readFixture = (file: string): Uint8Array => new Uint8Array(readFileSync(fixturePath(file)));

export const expectations: Expectations = JSON.parse(readFileSync(fixturePath('expected.json'), 'utf8'));

/** SHA-256 of the R, G, B bytes. */
export function rgbDigest(image: RgbaImage): string {
  const rgb = new Uint8Array(3 * image.width * image.height);
  for (let from = 0, to = 0; from < image.data.length; from += 4) {
    rgb.set(image.data.subarray(from, from + 3), to);
    to += 3;
  }
  return createHash('sha256').update(rgb).digest('hex');
}

/** The image of make_fixtures.py's `formula_image`: an integer hash of position and channel. */
export function formulaImage(width: number, height: number): RgbaImage {
  const data = new Uint8Array(4 * width * height);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) {
        let h = Math.imul(x, 73856093) ^ Math.imul(y, 19349663) ^ Math.imul(c, 83492791);
        h = Math.imul(h ^ (h >>> 13), 1274126177);
        data[to++] = (h ^ (h >>> 16)) & 255;
      }
      data[to++] = 255;
    }
  }
  return { width, height, data };
}
