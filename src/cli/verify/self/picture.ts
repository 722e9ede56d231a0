import type { RgbaImage } from '../../../zian/image.js';

const WIDTH = 560;
const HEIGHT = 448;

/** A picture by a formula: a bright disc on black with waves of three colours, so that all layers have something to do. */
export function testPicture(): RgbaImage {
  const data = new Uint8Array(4 * WIDTH * HEIGHT);
  for (let y = 0; y < HEIGHT; y++)
    for (let x = 0; x < WIDTH; x++) {
      const radius = Math.hypot(x - WIDTH / 2, y - HEIGHT / 2) / (HEIGHT / 2);
      const light = radius < 0.97 ? 1 - radius / 2 : 0.02;
      const wave = (column: number, row: number): number =>
        1 + Math.sin(x / column) * Math.cos(y / row) * 0.4;
      const at = 4 * (y * WIDTH + x);
      data[at] = Math.min(255, 190 * light * wave(17, 23));
      data[at + 1] = Math.min(255, 110 * light * wave(31, 11));
      data[at + 2] = Math.min(255, 60 * light * wave(7, 41));
      data[at + 3] = 255;
    }
  return { width: WIDTH, height: HEIGHT, data };
}
