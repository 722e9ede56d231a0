import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { RgbaImage } from '../../src/zian/image.js';
import {
  type AxisTaps,
  cropTaps,
  normalizeTable,
  resizeMode,
  resizeTaps,
} from '../../src/zian/preprocess-tables.js';
import { resizeReference, resizeWithTaps } from '../../src/zian/resize-reference.js';
import { gatherPixels, keepAxis } from '../../src/zian/resize-source.js';
import { draw, targetOf } from './drawn-plane.js';
import { expectations, formulaImage, rgbDigest } from './fixtures.js';

describe('resize against OpenCV', () => {
  it.each(expectations.resizes)('$source to $target', ({ source, target, sha256 }) => {
    const image = formulaImage(...source);
    expect(rgbDigest(resizeReference(image, ...target))).toBe(sha256);
  });

  it('covers every routine of OpenCV', () => {
    const modes = expectations.resizes.map(({ source, target }) => resizeMode(...source, ...target));
    expect(new Set(modes)).toEqual(new Set(['copy', 'area2x2', 'bilinear']));
  });
});

const drawn: { images: string[] } = JSON.parse(
  readFileSync(new URL('../fixtures/resizes.json', import.meta.url), 'utf8'),
);

describe('resize of drawn images', () => {
  it('is OpenCV’s on 200 of them, byte for byte', () => {
    expect(drawn.images).toHaveLength(200);
    const different = drawn.images.flatMap((hash, seed) => {
      const { plane, width, height } = draw(seed);
      const data = Uint8Array.from({ length: 4 * plane.length }, (_, i) => {
        const value = plane[i >> 2] ?? 0;
        return [value, 255 - value, value ^ 0x55, 255][i & 3] ?? 0;
      });
      const target = targetOf(seed, width, height);
      return rgbDigest(resizeReference({ width, height, data }, ...target)) === hash ? [] : [seed];
    });
    expect(different).toEqual([]);
  });
});

describe('taps', () => {
  it.each([
    [1, 1],
    [1, 7],
    [7, 1],
    [9, 4],
    [100, 1064],
    [2124, 1064],
    [4000, 64],
  ])('%i to %i stay in range and sum to one', (source, target) => {
    const taps = resizeTaps(source, target);
    for (const axis of [taps.horizontal, taps.vertical]) {
      for (let i = 0; i < target; i++) {
        const [lower = -1, upper = -1] = [axis.lower[i], axis.upper[i]];
        expect(lower).toBeGreaterThanOrEqual(0);
        expect(upper).toBeLessThan(source);
        expect(upper - lower).toBeLessThanOrEqual(1);
        expect((axis.lowerWeight[i] ?? 0) + (axis.upperWeight[i] ?? 0)).toBe(2048);
      }
    }
  });

  it('treats the borders of rows and columns differently', () => {
    const { horizontal, vertical } = resizeTaps(4, 8);
    expect([horizontal.lower[0], horizontal.upper[0], horizontal.lowerWeight[0]]).toEqual([0, 0, 2048]);
    expect([vertical.lower[0], vertical.upper[0], vertical.lowerWeight[0]]).toEqual([0, 0, 512]);
    expect([horizontal.lower[7], horizontal.upperWeight[7]]).toEqual([3, 0]);
    expect([vertical.lower[7], vertical.upper[7], vertical.upperWeight[7]]).toEqual([3, 3, 512]);
  });

  it('crops as if the whole had been resized', () => {
    const image = formulaImage(150, 90);
    const whole = resizeReference(image, 64, 64);
    const part = resizeWithTaps(
      image,
      cropTaps(resizeTaps(150, 64).horizontal, 4, 56),
      cropTaps(resizeTaps(90, 64).vertical, 5, 50),
    );
    expect([part.width, part.height]).toEqual([56, 50]);
    for (let y = 0; y < 50; y++) {
      const start = 4 * ((y + 5) * 64 + 4);
      expect(part.data.subarray(4 * 56 * y, 4 * 56 * (y + 1))).toEqual(
        whole.data.subarray(start, start + 4 * 56),
      );
    }
  });

  it('refuses a crop that leaves the destination', () => {
    const { horizontal } = resizeTaps(10, 8);
    expect(() => cropTaps(horizontal, 4, 5)).toThrow(RangeError);
    expect(() => cropTaps(horizontal, -1, 5)).toThrow(RangeError);
    expect(() => cropTaps(horizontal, 0, 0)).toThrow(RangeError);
  });
});

/** The image without what the taps do not read, and its taps. */
function compacted(image: RgbaImage, horizontal: AxisTaps, vertical: AxisTaps) {
  const columns = keepAxis(horizontal, image.width);
  const rows = keepAxis(vertical, image.height);
  const data = gatherPixels(image, { columns, rows });
  const compact: RgbaImage = { width: columns.kept.length, height: rows.kept.length, data };
  return { image: compact, horizontal: columns.taps, vertical: rows.taps };
}

describe('the pixels that a resize reads', () => {
  it.each([
    [700, 3000, 64, 64],
    [1000, 50, 64, 64],
    [129, 127, 64, 64],
    [64, 64, 64, 64],
    [31, 17, 64, 64],
    [1, 500, 64, 64],
    [128, 640, 64, 64],
  ])('%ix%i to %ix%i: same bytes, small source', (width, height, targetWidth, targetHeight) => {
    const image = formulaImage(width, height);
    const horizontal = resizeTaps(width, targetWidth).horizontal;
    const vertical = resizeTaps(height, targetHeight).vertical;
    const compact = compacted(image, horizontal, vertical);
    expect(compact.image.width).toBeLessThanOrEqual(Math.min(width, 2 * targetWidth));
    expect(compact.image.height).toBeLessThanOrEqual(Math.min(height, 2 * targetHeight));
    expect(compact.image.data.length).toBe(4 * compact.image.width * compact.image.height);
    const small = resizeWithTaps(compact.image, compact.horizontal, compact.vertical);
    expect(small).toEqual(resizeReference(image, targetWidth, targetHeight));
  });

  it('keeps less still after a crop', () => {
    const image = formulaImage(500, 500);
    const { horizontal, vertical } = resizeTaps(500, 64);
    const [h, v] = [cropTaps(horizontal, 4, 56), cropTaps(vertical, 4, 56)];
    const compact = compacted(image, h, v);
    expect(compact.image.width).toBeLessThanOrEqual(112);
    expect(resizeWithTaps(compact.image, compact.horizontal, compact.vertical)).toEqual(
      resizeWithTaps(image, h, v),
    );
  });
});

describe('normalizeTable', () => {
  it.each(expectations.normalizations)(
    'has the bits of float32 arithmetic for mean $mean',
    ({ mean, std, sha256 }) => {
      const table = normalizeTable(mean, std);
      expect(createHash('sha256').update(new Uint8Array(table.buffer)).digest('hex')).toBe(sha256);
    },
  );
});
