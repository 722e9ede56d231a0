import { describe, expect, it } from 'vitest';
import type { RgbaImage } from '../../src/zian/image.js';
import { Canvas } from '../../src/zian/overlay/canvas.js';
import { heatColor } from '../../src/zian/overlay/colormap.js';
import { drawText, textWidth, wrapText } from '../../src/zian/overlay/font.js';
import { regionColor } from '../../src/zian/overlay/marks.js';
import { scaleForDisplay } from '../../src/zian/overlay/scale.js';
import { type Heatmap, renderOverlay } from '../../src/zian/overlay.js';
import { formulaImage } from './fixtures.js';

const grey = (width: number, height: number): RgbaImage => ({
  width,
  height,
  data: new Uint8Array(4 * width * height).map((_, i) => (i % 4 === 3 ? 255 : 100)),
});

const pixel = (image: RgbaImage, x: number, y: number): number[] => {
  const at = 4 * (y * image.width + x);
  return [...image.data.subarray(at, at + 3)];
};

/** As `toEqual`, which takes seconds for a picture. */
const isSame = (a: RgbaImage, b: RgbaImage): boolean =>
  a.width === b.width && a.height === b.height && Buffer.compare(a.data, b.data) === 0;

/** The picture without its strip. */
const shown = (overlay: RgbaImage, height: number): RgbaImage => ({
  width: overlay.width,
  height,
  data: overlay.data.subarray(0, 4 * overlay.width * height),
});

const marks = { landmark: { x: 600, y: 400 }, coarse: { x: 630, y: 400 }, rois: [] };

/** A bump on the middle of a 100×100 map that lies over (300, 300) to (500, 500). */
function bump(factor: number): Heatmap {
  const data = Float32Array.from({ length: 10_000 }, (_, i) => {
    const [x, y] = [(i % 100) - 49.5, Math.floor(i / 100) - 49.5];
    return factor * Math.exp(-(x * x + y * y) / 50);
  });
  return { data, width: 100, height: 100, x0: 300, y0: 300, x1: 500, y1: 500 };
}

describe('renderOverlay', () => {
  it.each([
    [1411, 1411, 1200, 1200],
    [2130, 998, 1200, 562],
    [264, 264, 512, 512],
    [1, 1, 512, 512],
    [700, 900, 700, 900],
    [5000, 1, 1200, 1],
  ])('shows %ix%i as %ix%i with a strip below', (width, height, shownWidth, shownHeight) => {
    const overlay = renderOverlay(grey(width, height), {
      landmark: { x: 0, y: 0 },
      coarse: { x: width - 1, y: height - 1 },
      rois: [{ x0: -10, y0: -10, x1: width / 2, y1: height * 2 }],
    });
    expect(overlay.width).toBe(shownWidth);
    expect(overlay.height).toBeGreaterThan(shownHeight + 20);
    expect(overlay.data.length).toBe(4 * overlay.width * overlay.height);
    expect(overlay.data.every((value, i) => i % 4 !== 3 || value === 255)).toBe(true);
  });

  it('keeps the caption off the image, and an image narrower than its strip in the middle', () => {
    const caption = ['landmark (600.00, 400.00) px - peak 0.9'.repeat(3)];
    const overlay = renderOverlay(grey(1000, 800), marks, { caption });
    const plain = renderOverlay(grey(1000, 800), marks);
    expect(overlay.height).toBeGreaterThan(plain.height);
    expect(isSame(shown(overlay, 800), shown(plain, 800))).toBe(true);

    const narrow = renderOverlay(grey(10, 600), { ...marks, landmark: { x: 5, y: 5 } }, { caption });
    expect(pixel(narrow, narrow.width / 2, 300)).toEqual([100, 100, 100]);
    expect(pixel(narrow, 10, 300)).not.toEqual([100, 100, 100]);
  });

  it('leaves the landmark itself untouched inside a visible ring', () => {
    const overlay = renderOverlay(grey(1000, 800), marks);
    for (let d = -15; d <= 15; d++) expect(pixel(overlay, 600 + d, 400)).toEqual([100, 100, 100]);
    expect(pixel(overlay, 600, 400 - 22)).toEqual([255, 255, 255]);
    expect(pixel(overlay, 600 - 30, 400)).toEqual([255, 255, 255]);
  });

  it('places points by pixel centres when the image is scaled', () => {
    // At half size the centre of pixel 801 lies at 400.25, so the right tick ends half a pixel farther from 400.
    const overlay = renderOverlay(
      grey(2000, 2000),
      { ...marks, landmark: { x: 801, y: 1201 } },
      { maxSize: 1000 },
    );
    const [left = 0, right = 0] = [pixel(overlay, 400 - 45, 600)[0], pixel(overlay, 400 + 45, 600)[0]];
    expect(left).toBeLessThan(150);
    expect(right).toBeGreaterThan(150);
    expect(pixel(overlay, 400, 600)).toEqual([100, 100, 100]);
  });

  it('outlines the regions in colours of their own, cut off at the border', () => {
    const rois = [
      { x0: 100, y0: 100, x1: 301, y1: 301 },
      { x0: -50, y0: 500, x1: 201, y1: 900, label: 'wide' },
    ];
    const overlay = renderOverlay(grey(1000, 800), { ...marks, rois });
    const distances = [
      pixel(overlay, 100, 200).map((v, c) => Math.abs(v - (regionColor(0)[c] ?? 0))),
      pixel(overlay, 100, 500).map((v, c) => Math.abs(v - (regionColor(1)[c] ?? 0))),
    ];
    for (const distance of distances.flat()) expect(distance).toBeLessThan(40);
    expect(pixel(overlay, 200, 200)).toEqual([100, 100, 100]);
    expect(regionColor(0)).not.toEqual(regionColor(1));
  });

  it('draws landmarks on and beyond the border, and nothing for no number', () => {
    for (const landmark of [
      { x: 999, y: 0 },
      { x: -300, y: 400 },
      { x: 2000, y: -2000 },
      { x: 500, y: 801 },
    ]) {
      const overlay = renderOverlay(grey(1000, 800), { ...marks, landmark });
      let white = 0;
      for (let i = 0; i < 4 * 1000 * 800; i += 4)
        if (overlay.data[i] === 255 && overlay.data[i + 1] === 255) white++;
      expect(white).toBeGreaterThan(20);
    }
    const nowhere = { x: Number.NaN, y: Number.NaN };
    const overlay = renderOverlay(grey(1000, 800), { landmark: nowhere, coarse: nowhere, rois: [] });
    expect(isSame(shown(overlay, 800), grey(1000, 800))).toBe(true);
  });

  it('blends the heat map where it lies, stronger towards its peak', () => {
    const overlay = renderOverlay(grey(1000, 800), { ...marks, heatmap: bump(1) });
    const change = (x: number): number =>
      pixel(overlay, x, 400).reduce((sum, value) => sum + Math.abs(value - 100), 0);
    expect(change(400)).toBeGreaterThan(100);
    expect(change(400)).toBeGreaterThan(change(412));
    expect(change(412)).toBeGreaterThan(change(424));
    expect(change(470)).toBe(0);
    expect(change(520)).toBe(0);
  });

  it('shows the same for any scale of the heat map', () => {
    const reference = renderOverlay(grey(1000, 800), { ...marks, heatmap: bump(1) });
    for (const factor of [2 ** -100, 2 ** 80]) {
      expect(isSame(renderOverlay(grey(1000, 800), { ...marks, heatmap: bump(factor) }), reference)).toBe(
        true,
      );
    }
  });

  it('blends nothing for values that are not positive numbers', () => {
    const plain = renderOverlay(grey(1000, 800), marks);
    for (const value of [0, -3, Number.NaN, Number.NEGATIVE_INFINITY]) {
      const heatmap = { ...bump(1), data: new Float32Array(10_000).fill(value) };
      expect(isSame(renderOverlay(grey(1000, 800), { ...marks, heatmap }), plain)).toBe(true);
    }
    const spoilt = bump(1);
    spoilt.data.fill(Number.NaN, 0, 5000);
    const overlay = renderOverlay(grey(1000, 800), { ...marks, heatmap: spoilt });
    expect(pixel(overlay, 400, 390)).toEqual([100, 100, 100]);
    expect(pixel(overlay, 400, 405)).not.toEqual([100, 100, 100]);
  });

  it('shows the coarse heat map only outside the fine one', () => {
    const everywhere = {
      ...bump(1),
      data: new Float32Array(10_000).fill(1),
      x0: 0,
      y0: 0,
      x1: 1000,
      y1: 800,
    };
    const nothing = { ...bump(1), data: new Float32Array(10_000) };
    const overlay = renderOverlay(grey(1000, 800), { ...marks, heatmap: nothing, coarseHeatmap: everywhere });
    expect(pixel(overlay, 350, 350)).toEqual([100, 100, 100]);
    expect(pixel(overlay, 250, 350)).not.toEqual([100, 100, 100]);
  });

  it('refuses a size that is none', () => {
    expect(() => renderOverlay(grey(4, 4), marks, { maxSize: 0 })).toThrow(RangeError);
    expect(() => renderOverlay(grey(4, 4), marks, { maxSize: 1.5 })).toThrow(RangeError);
  });
});

describe('scaleForDisplay', () => {
  it('averages areas, whole and in part', () => {
    const image = formulaImage(6, 4);
    const half = scaleForDisplay(image, 3, 2);
    const corner = [0, 1, 6, 7].map((i) => image.data[4 * i] ?? 0);
    expect(half.data[0]).toBe(Math.round(corner.reduce((a, b) => a + b) / 4));
    const row = scaleForDisplay(
      { width: 3, height: 1, data: Uint8Array.of(0, 0, 0, 255, 90, 90, 90, 255, 240, 240, 240, 255) },
      2,
      1,
    );
    expect([row.data[0], row.data[4]]).toEqual([30, 190]);
  });

  it('interpolates when enlarging and keeps a flat image flat', () => {
    const step = { width: 2, height: 1, data: Uint8Array.of(0, 0, 0, 255, 200, 200, 200, 255) };
    expect([0, 1, 2, 3].map((x) => scaleForDisplay(step, 4, 1).data[4 * x])).toEqual([0, 50, 150, 200]);
    for (const [width, height] of [
      [37, 53],
      [1200, 3],
      [7, 1],
      [99, 98],
    ] as const) {
      expect(isSame(scaleForDisplay(grey(99, 98), width, height), grey(width, height))).toBe(true);
    }
  });
});

describe('heatColor', () => {
  it('gets lighter from end to end', () => {
    const lightness = Array.from({ length: 65 }, (_, i) => {
      const [r, g, b] = heatColor(i / 64).map((v) => (v / 255) ** 2.2);
      return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
    });
    for (let i = 1; i < lightness.length; i++) expect(lightness[i]).toBeGreaterThan(lightness[i - 1] ?? 1);
  });
});

describe('font', () => {
  const drawn = (text: string): string => {
    const canvas = new Canvas(8, 12, [0, 0, 0]);
    drawText(canvas, text, 1, 1, 1, [255, 255, 255]);
    return canvas.data.join();
  };

  it('has a glyph of its own for every printable ASCII character', () => {
    const glyphs = Array.from({ length: 95 }, (_, i) => drawn(String.fromCharCode(0x20 + i)));
    expect(new Set(glyphs).size).toBe(95);
    expect(glyphs).not.toContain(drawn('語'));
  });

  it('wraps between words, and within a word that is too long', () => {
    const width = textWidth('12345678', 2);
    expect(wrapText('one two three', width, 2)).toEqual(['one two', 'three']);
    expect(wrapText('a 1234567890123456789', width, 2)).toEqual(['a', '12345678', '90123456', '789']);
    expect(wrapText('', width, 2)).toEqual(['']);
  });
});
