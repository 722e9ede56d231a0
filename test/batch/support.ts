import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Localization } from '../../src/cli/engine.js';
import { encodePng } from '../../src/node/images/encode.js';
import type { RgbaImage } from '../../src/zian/image.js';
import { middleOf } from '../cli/fake-engine.js';
import { syntheticImage } from '../support/synthetic-image.js';

/** A folder of small images with a broken one among them: `V01.png` … in `left` and `right`. */
export function writePhotographs(folder: string, count: number, broken: readonly number[] = []): string[] {
  return Array.from({ length: count }, (_, i) => {
    const name = join(i % 2 === 0 ? 'left' : 'right', `V${String(i + 1).padStart(2, '0')}.png`);
    mkdirSync(join(folder, name, '..'), { recursive: true });
    const bytes = broken.includes(i)
      ? '<html>Please log in</html>'
      : encodePng(syntheticImage(24 + i, 20, i + 1));
    writeFileSync(join(folder, name), bytes);
    return name;
  });
}

/** Landmarks that follow from the pixels, with fractions, and have times that never come again. */
export function landmarkOf(image: RgbaImage): Localization {
  const sum = image.data.reduce((total, value) => total + value, 0);
  return {
    ...middleOf(image),
    landmark: { x: Math.fround((sum % 9973) / 7), y: Math.fround((sum % 7919) / 13) },
    milliseconds: { preprocess: Math.random(), network: Math.random() },
  };
}
