import type { RgbaImage } from '../image.js';

/** R, G, B, 0 to 255. */
export type Color = readonly [number, number, number];

/** Pixels [left, right) × [top, bottom). */
export interface Bounds {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** An opaque picture that is being drawn. Coordinates: the centre of the top-left pixel is (0, 0). */
export class Canvas implements RgbaImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;

  constructor(width: number, height: number, background: Color) {
    this.width = width;
    this.height = height;
    this.data = new Uint8Array(4 * width * height).fill(255);
    for (let at = 0; at < this.data.length; at += 4) this.data.set(background, at);
  }

  /** Copies an image in, its top-left pixel at (left, top). It must fit. */
  place(image: RgbaImage, left: number, top: number): void {
    for (let y = 0; y < image.height; y++) {
      const row = image.data.subarray(4 * y * image.width, 4 * (y + 1) * image.width);
      this.data.set(row, 4 * ((top + y) * this.width + left));
    }
  }

  /** Mixes a colour into a pixel inside the canvas; opacity 0 to 1. */
  blend(x: number, y: number, color: Color, opacity: number): void {
    const at = 4 * (y * this.width + x);
    for (let c = 0; c < 3; c++) {
      const old = this.data[at + c] ?? 0;
      this.data[at + c] = Math.round(old + ((color[c] ?? 0) - old) * opacity);
    }
  }

  fill(bounds: Bounds, color: Color): void {
    for (let y = Math.max(0, bounds.top); y < Math.min(this.height, bounds.bottom); y++) {
      for (let x = Math.max(0, bounds.left); x < Math.min(this.width, bounds.right); x++) {
        this.data.set(color, 4 * (y * this.width + x));
      }
    }
  }
}

/** What is left of `a` inside `b`; may be empty. */
export const intersect = (a: Bounds, b: Bounds): Bounds => ({
  left: Math.max(a.left, b.left),
  top: Math.max(a.top, b.top),
  right: Math.min(a.right, b.right),
  bottom: Math.min(a.bottom, b.bottom),
});
