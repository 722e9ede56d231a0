import { describe, expect, it } from 'vitest';
import type { RgbaImage } from '../../src/zian/image.js';
import { cutScan } from '../../src/zian/scan.js';

/** Each pixel's red is its column, its green its row. */
function numbered(width: number, height: number): RgbaImage {
  const data = new Uint8Array(4 * width * height);
  for (let i = 0; i < width * height; i++) data.set([i % width, Math.floor(i / width), 0, 255], 4 * i);
  return { width, height, data };
}

const reds = ({ data, width }: RgbaImage, row: number): number[] =>
  Array.from({ length: width }, (_, column) => data[4 * (row * width + column)] ?? -1);

describe('cutScan', () => {
  it.each([
    [8, 4],
    [9, 4],
    [11, 4],
    [12, 6],
    [4, 2],
  ])('cuts %i columns into halves of %i', (width, half) => {
    const { left, right } = cutScan(numbered(width, 3), 'scan');
    expect([left.width, left.height, right.width, right.height]).toEqual([half, 3, half, 3]);
    for (const row of [0, 2]) {
      expect(reds(left, row)).toEqual(Array.from({ length: half }, (_, i) => i));
      expect(reds(right, row)).toEqual(Array.from({ length: half }, (_, i) => half + i));
    }
    expect(right.data[4 * 2 * half + 1]).toBe(2);
  });

  it('cuts a scan of the AGE data as the reference does', () => {
    const { left, right } = cutScan(
      { width: 2130, height: 998, data: new Uint8Array(4 * 2130 * 998) },
      'scan',
    );
    expect([left.width, right.width, right.height]).toEqual([1064, 1064, 998]);
  });

  it('refuses what is too narrow, by name', () => {
    expect(() => cutScan(numbered(3, 2), 'thin.png')).toThrow(/^thin\.png is 3 pixels wide, too narrow/);
  });
});
