import { describe, expect, it } from 'vitest';
import { readImageFile } from '../../src/node/images/decode.js';
import { expectations, rgbDigest } from '../images/fixtures.js';
import { testPage } from './support.js';

const page = testPage();

describe('pixels that reach the GPU in Chromium', () => {
  it.each(expectations.images)('$file: those of cv2.imread', async ({ file, width, height, sha256 }) => {
    expect(await page().call('pixelDigest', `/images/${file}`)).toEqual({ width, height, sha256 });
  });

  it.each(['fundus-1.png', 'fundus-2.jpg', 'asoct-1.jpg'])('%s: those of the Node path', async (file) => {
    const image = await readImageFile(`examples/${file}`);
    expect(await page().call('pixelDigest', `/examples/${file}`)).toEqual({
      width: image.width,
      height: image.height,
      sha256: rgbDigest(image),
    });
  });
});
