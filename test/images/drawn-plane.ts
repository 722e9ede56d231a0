import { random } from '../support/random.js';

/** A plane as test/images/make_clahe_fixtures.py draws it. */
export function draw(seed: number): { plane: Uint8Array; width: number; height: number } {
  const uniform = random(seed);
  const next = (): number => uniform() * 4294967296;
  let [width, height] = [1 + (next() % 150), 1 + (next() % 150)];
  if (seed % 4 === 0) [width, height] = [8 * (1 + Math.floor(width / 8)), 8 * (1 + Math.floor(height / 8))];
  const [across, down, base, noise] = [next() % 4, next() % 4, next() % 200, 1 + (next() % 90)];
  const plane = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const slope = Math.floor((x * across) / 2) + Math.floor((y * down) / 3);
      plane[y * width + x] = Math.min(255, base + slope + (next() % noise));
    }
  }
  return { plane, width, height };
}

/** The size that a plane is resized to there. */
export const targetOf = (seed: number, width: number, height: number): [width: number, height: number] =>
  seed % 10 === 0
    ? [Math.max(1, Math.floor(width / 2)), Math.max(1, Math.floor(height / 2))]
    : [seed % 10 === 1 ? width : 1 + ((seed * 37) % 263), 1 + ((seed * 53) % 241)];
