import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BufferUsage } from '../../src/graph/flags.js';
import { clahe } from '../../src/zian/clahe.js';
import { PRESETS, type ZianConfig } from '../../src/zian/config.js';
import { equalizedSource } from '../../src/zian/equalized-source.js';
import type { RgbaImage } from '../../src/zian/image.js';
import { ImageReader } from '../../src/zian/picture/reader.js';
import { resizeReference } from '../../src/zian/resize-reference.js';
import { gatherPixels, keptPixels } from '../../src/zian/resize-source.js';
import { testDevice } from '../support/device.js';
import { random } from '../support/random.js';
import { draw } from './drawn-plane.js';

const expected: { planes: string[]; image: string } = JSON.parse(
  readFileSync(new URL('../fixtures/clahe.json', import.meta.url), 'utf8'),
);
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('CLAHE', () => {
  it('is OpenCV’s on 200 drawn planes, byte for byte', () => {
    expect(expected.planes).toHaveLength(200);
    const different = expected.planes.flatMap((hash, seed) => {
      const { plane, width, height } = draw(seed);
      return sha256(clahe(plane, width, height)) === hash ? [] : [`${seed}: ${width}×${height}`];
    });
    expect(different).toEqual([]);
  });

  it('follows the resize and the crop, channel by channel', () => {
    const channels = [3, 2, 1].map((seed) => {
      const { plane, width, height } = draw(seed);
      const data = Uint8Array.from({ length: 4 * plane.length }, (_, i) => plane[i >> 2] ?? 0);
      return resizeReference({ width, height, data }, 300, 280);
    });
    const data = Uint8Array.from({ length: 4 * 300 * 280 }, (_, i) =>
      i % 4 === 3 ? 255 : (channels[i % 4]?.data[i] ?? 0),
    );
    const image: RgbaImage = { width: 300, height: 280, data };
    const config: ZianConfig = {
      ...PRESETS.refuge,
      imageSize: [264, 264],
      cropSize: [256, 256],
      clahe: true,
    };
    const kept = keptPixels(image, config);
    const { pixels, columns, rows } = equalizedSource(image, kept, gatherPixels(image, kept), config);
    if (!(pixels instanceof Uint8Array)) throw new Error('the pixels are on a device');
    expect([columns, rows]).toEqual([256, 256]);
    const result = pixels;
    expect(sha256(result.filter((_, i) => i % 4 !== 3))).toBe(expected.image);
  });

  it('of an image on the device is that of the same pixels on the host', async () => {
    const device = await testDevice();
    const config: ZianConfig = { ...PRESETS.refuge, imageSize: [72, 72], cropSize: [64, 64], clahe: true };
    const reader = new ImageReader(device, config);
    const uniform = random(9);
    const [width, height] = [210, 150];
    const data = Uint8Array.from({ length: 4 * width * height }, (_, i) =>
      i % 4 === 3 ? 255 : Math.min(255, 40 * (i % 3) + 0.6 * (i % (4 * width)) ** 0.7 + 60 * uniform()),
    );
    const buffer = device.gpu.createBuffer({
      size: data.length,
      usage: BufferUsage.STORAGE | BufferUsage.COPY_DST | BufferUsage.COPY_SRC,
    });
    device.gpu.queue.writeBuffer(buffer, 0, data);
    const onHost = await reader.read({ width, height, data });
    const onDevice = await reader.read({ buffer, width, height });
    expect(onDevice).toMatchObject({ size: { width, height }, columns: 64, rows: 64 });
    expect(onDevice.pixels).toBeInstanceOf(Uint8Array);
    expect(onDevice.pixels).toEqual(onHost.pixels);
    buffer.destroy();
  });
});
