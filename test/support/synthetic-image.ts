import type { RgbaImage } from '../../src/zian/image.js';

/** Pictures by a formula in integers: the twin of test/reference/synthetic.py, equal byte by byte. */

/** [log2 of the cell's side, amplitude]. */
const LATTICES = [
  [6, 128],
  [4, 64],
  [2, 40],
] as const;
/** Red, green, blue; of 256. `channel` is OpenCV's index, which counts from blue. */
const CHANNELS = [
  { channel: 2, gain: 230 },
  { channel: 1, gain: 150 },
  { channel: 0, gain: 110 },
] as const;

function hash32(x: number, y: number, key: number): number {
  let h = Math.imul(x, 0x85ebca6b) ^ Math.imul(y, 0xc2b2ae35) ^ Math.imul(key, 0x9e3779b9);
  h ^= h >>> 16;
  h = Math.imul(h, 0x7feb352d);
  h ^= h >>> 15;
  h = Math.imul(h, 0x846ca68b);
  return (h ^ (h >>> 16)) >>> 0;
}

function smooth(x: number, y: number, shift: number, key: number): number {
  const cell = 1 << shift;
  const fx = x % cell;
  const fy = y % cell;
  const corner = (dx: number, dy: number): number => hash32((x >> shift) + dx, (y >> shift) + dy, key) >>> 24;
  const top = corner(0, 0) * (cell - fx) + corner(1, 0) * fx;
  const bottom = corner(0, 1) * (cell - fx) + corner(1, 1) * fx;
  return (top * (cell - fy) + bottom * fy) >> (2 * shift);
}

function disc(width: number, height: number, key: number): (x: number, y: number) => number {
  const point = hash32(key, 77, key);
  const cx = Math.floor((width * (64 + (point & 127))) / 256);
  const cy = Math.floor((height * (64 + ((point >>> 8) & 127))) / 256);
  const radius = Math.max(Math.floor(Math.min(width, height) / 8), 1);
  return (x, y) => Math.max(256 - Math.floor((((x - cx) ** 2 + (y - cy) ** 2) * 256) / (radius * radius)), 0);
}

/**
 * @param seed a small non-negative integer
 * @param brightness of 256
 */
export function syntheticImage(width: number, height: number, seed: number, brightness = 256): RgbaImage {
  const data = new Uint8Array(width * height * 4);
  const bright = disc(width, height, seed * 4 + 2);
  const dark = disc(width, height, seed * 4 + 3);
  let at = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const away = (2 * x + 1 - width) ** 2 + (2 * y + 1 - height) ** 2;
      const shade = Math.max(256 - Math.floor((away * 128) / (width * height)), 16);
      const spots = ((bright(x, y) * 80) >> 8) - ((dark(x, y) * 48) >> 8);
      for (const { channel, gain } of CHANNELS) {
        const key = seed * 64 + channel * 8;
        let value = 24;
        for (const [index, [shift, amplitude]] of LATTICES.entries()) {
          value += (smooth(x, y, shift, key + index) * amplitude) >> 8;
        }
        value = (value * gain * shade) >> 16;
        value += spots + (hash32(x, y, key + 7) >>> 29);
        data[at++] = (Math.min(Math.max(value, 0), 255) * brightness) >> 8;
      }
      data[at++] = 255;
    }
  }
  return { width, height, data };
}
