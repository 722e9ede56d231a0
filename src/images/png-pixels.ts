import { ColorType, type PngHeader } from './png-chunks.js';
import type { RgbaImage } from './rgba-image.js';

const CHANNELS: Readonly<Record<ColorType, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** A sub-image of an interlaced PNG (or the whole of a plain one) and where its pixels go. */
interface Pass {
  readonly width: number;
  readonly height: number;
  readonly x: number;
  readonly y: number;
  readonly stepX: number;
  readonly stepY: number;
}

/** [x, y, stepX, stepY] of the seven Adam7 passes. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

function passesOf({ width, height, interlaced }: PngHeader): Pass[] {
  if (!interlaced) return [{ width, height, x: 0, y: 0, stepX: 1, stepY: 1 }];
  return ADAM7.map(([x, y, stepX, stepY]) => ({
    width: Math.ceil((width - x) / stepX),
    height: Math.ceil((height - y) / stepY),
    x,
    y,
    stepX,
    stepY,
  })).filter((pass) => pass.width > 0 && pass.height > 0);
}

const rowBytes = (header: PngHeader, width: number): number =>
  Math.ceil((width * CHANNELS[header.colorType] * header.depth) / 8);

/** How many bytes the image data inflates to: every row of every pass, with its filter byte. */
export const inflatedSize = (header: PngHeader): number =>
  passesOf(header).reduce((sum, pass) => sum + pass.height * (1 + rowBytes(header, pass.width)), 0);

/** Undoes a row's filter in place. `row` and `above` hold the bytes without the filter's own. */
function unfilter(filter: number, row: Uint8Array, above: Uint8Array, pixelBytes: number): void {
  const length = row.length;
  if (filter === 1) {
    for (let i = pixelBytes; i < length; i++) row[i] = (row[i] ?? 0) + (row[i - pixelBytes] ?? 0);
  } else if (filter === 2) {
    for (let i = 0; i < length; i++) row[i] = (row[i] ?? 0) + (above[i] ?? 0);
  } else if (filter === 3) {
    for (let i = 0; i < length; i++) {
      const left = i < pixelBytes ? 0 : (row[i - pixelBytes] ?? 0);
      row[i] = (row[i] ?? 0) + ((left + (above[i] ?? 0)) >> 1);
    }
  } else if (filter === 4) {
    for (let i = 0; i < length; i++) {
      const a = i < pixelBytes ? 0 : (row[i - pixelBytes] ?? 0);
      const b = above[i] ?? 0;
      const c = i < pixelBytes ? 0 : (above[i - pixelBytes] ?? 0);
      const toA = Math.abs(b - c);
      const toB = Math.abs(a - c);
      const toC = Math.abs(a + b - 2 * c);
      const predicted = toA <= toB && toA <= toC ? a : toB <= toC ? b : c;
      row[i] = (row[i] ?? 0) + predicted;
    }
  }
}

/**
 * Turns inflated PNG data into pixels, row by row as the bytes arrive, so that memory stays at the
 * finished image and two rows whatever the stream inflates to.
 */
export class PngRows {
  readonly #header: PngHeader;
  readonly #palette: Uint8Array;
  readonly #passes: readonly Pass[];
  readonly #pixels: Uint8Array;
  #pass = 0;
  #y = 0;
  #filled = 0;
  /** Current and previous row, each led by its filter byte. */
  #row: Uint8Array;
  #above: Uint8Array;
  #surplus = 0;

  constructor(header: PngHeader, palette: Uint8Array) {
    this.#header = header;
    this.#palette = palette;
    this.#passes = passesOf(header);
    // Not filled with anything: memory is taken row by row, as pixels arrive.
    this.#pixels = new Uint8Array(4 * header.width * header.height);
    this.#row = new Uint8Array(0);
    this.#above = new Uint8Array(0);
    this.#startPass();
  }

  /** Bytes that came after the last row. */
  get surplus(): number {
    return this.#surplus;
  }

  get complete(): boolean {
    return this.#pass === this.#passes.length;
  }

  get image(): RgbaImage {
    return { width: this.#header.width, height: this.#header.height, data: this.#pixels };
  }

  /** @throws RangeError for a filter type that does not exist */
  push(chunk: Uint8Array): void {
    let used = 0;
    while (used < chunk.length && !this.complete) {
      const part = chunk.subarray(used, used + this.#row.length - this.#filled);
      this.#row.set(part, this.#filled);
      this.#filled += part.length;
      used += part.length;
      if (this.#filled === this.#row.length) this.#finishRow();
    }
    this.#surplus += chunk.length - used;
  }

  #startPass(): void {
    const pass = this.#passes[this.#pass];
    const length = pass === undefined ? 0 : 1 + rowBytes(this.#header, pass.width);
    this.#row = new Uint8Array(length);
    this.#above = new Uint8Array(length);
    this.#y = 0;
  }

  #finishRow(): void {
    const pass = this.#passes[this.#pass];
    if (pass === undefined) return;
    const filter = this.#row[0] ?? 0;
    if (filter > 4) throw new RangeError(`filter type ${filter}`);
    const samples = this.#row.subarray(1);
    const pixelBytes = Math.max(1, rowBytes(this.#header, 1));
    unfilter(filter, samples, this.#above.subarray(1), pixelBytes);
    this.#expand(samples, pass);
    this.#filled = 0;
    [this.#row, this.#above] = [this.#above, this.#row];
    if (++this.#y === pass.height) {
      this.#pass++;
      this.#startPass();
    }
  }

  #expand(samples: Uint8Array, pass: Pass): void {
    const out = this.#pixels;
    const step = 4 * pass.stepX;
    let to = 4 * ((pass.y + this.#y * pass.stepY) * this.#header.width + pass.x);
    const { depth, colorType } = this.#header;
    if (depth < 8) {
      this.#expandBits(samples, pass.width, to, step);
      return;
    }
    // The high byte comes first: a 16-bit sample loses its low byte, as in libpng's strip_16.
    const sampleBytes = depth / 8;
    const pixelBytes = CHANNELS[colorType] * sampleBytes;
    const isRgb = colorType === ColorType.Rgb || colorType === ColorType.Rgba;
    const green = isRgb ? sampleBytes : 0;
    const blue = isRgb ? 2 * sampleBytes : 0;
    for (let x = 0, from = 0; x < pass.width; x++, from += pixelBytes, to += step) {
      if (colorType === ColorType.Palette) {
        this.#writeIndex(samples[from] ?? 0, to);
      } else {
        out[to] = samples[from] ?? 0;
        out[to + 1] = samples[from + green] ?? 0;
        out[to + 2] = samples[from + blue] ?? 0;
        out[to + 3] = 255;
      }
    }
  }

  /** 1, 2 and 4 bits, grey or palette: the leftmost pixel is in the highest bits. */
  #expandBits(samples: Uint8Array, width: number, start: number, step: number): void {
    const { depth, colorType } = this.#header;
    const mask = (1 << depth) - 1;
    const scale = 255 / mask;
    for (let x = 0, to = start; x < width; x++, to += step) {
      const bit = x * depth;
      const value = ((samples[bit >> 3] ?? 0) >> (8 - depth - (bit & 7))) & mask;
      if (colorType === ColorType.Palette) this.#writeIndex(value, to);
      else this.#writeGrey(value * scale, to);
    }
  }

  #writeGrey(value: number, to: number): void {
    this.#pixels[to] = value;
    this.#pixels[to + 1] = value;
    this.#pixels[to + 2] = value;
    this.#pixels[to + 3] = 255;
  }

  /** An index beyond the palette is black, as in libpng. */
  #writeIndex(index: number, to: number): void {
    const palette = this.#palette;
    this.#pixels[to] = palette[3 * index] ?? 0;
    this.#pixels[to + 1] = palette[3 * index + 1] ?? 0;
    this.#pixels[to + 2] = palette[3 * index + 2] ?? 0;
    this.#pixels[to + 3] = 255;
  }
}
