import { mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ZianError } from '../../src/errors.js';
import { decodeImage, readImageFile } from '../../src/node/images/decode.js';
import { encodePng } from '../../src/node/images/encode.js';
import { expectations, fixturePath, formulaImage, readFixture, rgbDigest } from './fixtures.js';
import { chunk, header, joined, png, zeros } from './png-builder.js';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** The message of the input error that decoding gives; anything else fails the test. */
async function refusal(bytes: Uint8Array): Promise<string> {
  try {
    const image = await decodeImage(bytes, 'scan.png');
    throw new Error(`was decoded to ${image.width}x${image.height}`);
  } catch (error) {
    if (!(error instanceof ZianError) || error.kind !== 'input') throw error;
    expect(error.message).toMatch(/^scan\.png: .*\.$/);
    return error.message;
  }
}

describe('against cv2.imread', () => {
  it.each([...expectations.images, ...expectations.tiff, ...expectations.dicom])(
    '$file',
    async ({ file, width, height, sha256 }) => {
      const image = await readImageFile(fixturePath(file));
      expect([image.width, image.height]).toEqual([width, height]);
      expect(image.data.length).toBe(4 * width * height);
      expect(image.data.every((value, i) => i % 4 !== 3 || value === 255)).toBe(true);
      expect(rgbDigest(image)).toBe(sha256);
    },
  );

  it('goes by content, whatever the name says', async () => {
    const image = await decodeImage(readFixture('grey.jpg'), 'actually.png');
    expect(image.width).toBe(53);
  });

  it('ignores metadata that libjpeg-turbo objects to', async () => {
    const jpeg = readFixture('baseline-420.jpg');
    const brokenProfile = joined([0xff, 0xe2, 0, 20], text('ICC_PROFILE'), [0, 3, 2, 9, 9, 9, 9]);
    const image = await decodeImage(joined(jpeg.subarray(0, 2), brokenProfile, jpeg.subarray(2)), 'a.jpg');
    expect(image).toEqual(await decodeImage(jpeg, 'a.jpg'));
  });
});

describe('what is not an image', () => {
  it.each([
    ['empty', ''],
    ['HTML', '\n <!DOCTYPE html><html><body>Sign in</body></html>'],
    ['PDF', '%PDF-1.7\n'],
    ['TIFF', 'II*\0\b\0\0\0'],
    ['GIF', 'GIF89a\0\0'],
    ['WebP', 'RIFF\0\0\0\0WEBPVP8 '],
    ['BMP', `BM${'\0'.repeat(60)}`],
    ['DICOM', `${'\0'.repeat(128)}DICM\u0002\0`],
    ['Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\noid sha256:0\n'],
    ['ZIP', 'PK\u0003\u0004'],
    ['HEIC', '\0\0\0\u0018ftypheic'],
    ['SVG', '<?xml version="1.0"?><svg/>'],
    ['text', 'name,x,y\n1,2,3\n'],
    ['00 01 02', '\0\u0001\u0002'],
  ])('%s is named', async (what, content) => {
    expect(await refusal(text(content))).toContain(what);
  });

  it('a PNG that lost its line ends is named', async () => {
    expect(await refusal(joined([0x89], text('PNG\n\u001a\n\0\0\0')))).toContain('text-mode');
  });
});

describe('PNG', () => {
  it('is refused wherever it is cut off', async () => {
    for (const file of ['type3-4bit-interlaced.png', 'exif-after.png', 'type2-8bit.png']) {
      const bytes = readFixture(file);
      for (let length = 0; length < bytes.length; length += length < 64 ? 1 : 7) {
        await refusal(bytes.subarray(0, length));
      }
    }
  });

  it('is refused where its chunks are whole but its data are not', async () => {
    const data = deflateSync(Uint8Array.from({ length: 310 }, (_, i) => (i % 31 === 0 ? 0 : (i * 37) & 255)));
    const whole = png(header(10, 10), chunk('IDAT', data));
    expect((await decodeImage(whole, 'whole')).width).toBe(10);
    for (const cut of [1, 4, 5, 20, data.length - 1, data.length]) {
      await refusal(png(header(10, 10), chunk('IDAT', data.subarray(0, data.length - cut))));
    }
    expect(await refusal(png(header(10, 10), zeros(309)))).toContain('truncated');
    expect(await refusal(png(header(10, 10)))).toContain('no image data');
    expect(await refusal(png(header(10, 10), chunk('IDAT', text('not a zlib stream at all'))))).toContain(
      'damaged',
    );
    const wrongSum = data.slice();
    wrongSum[wrongSum.length - 1] = (wrongSum.at(-1) ?? 0) ^ 1;
    expect(await refusal(png(header(10, 10), chunk('IDAT', wrongSum)))).toContain('damaged');
  });

  it('is refused with a wrong checksum, and reads on over a wrong one in an optional chunk', async () => {
    const bytes = readFixture('type2-8bit.png');
    const flipped = bytes.slice();
    const middle = bytes.length >> 1;
    flipped[middle] = (flipped[middle] ?? 0) ^ 1;
    expect(await refusal(flipped)).toContain('checksum');

    const comment = chunk('tEXt', text('Comment\0fine'));
    comment[10] = 0;
    const image = await decodeImage(png(header(2, 2), comment, zeros(14)), 'x');
    expect([...image.data.subarray(0, 4)]).toEqual([0, 0, 0, 255]);
  });

  it('is refused with a header that cannot be', async () => {
    expect(await refusal(png(header(0, 5), zeros(1)))).toContain('0×5');
    expect(await refusal(png(header(4, 4, 4, 2), zeros(99)))).toContain('colour type 2 and 4 bits');
    expect(await refusal(png(header(4, 4, 8, 5), zeros(99)))).toContain('colour type 5');
    expect(await refusal(png(header(4, 4, 8, 2, 7), zeros(99)))).toContain('interlace');
    expect(await refusal(png(header(4, 4, 8, 3), zeros(99)))).toContain('palette');
    const badFilter = chunk('IDAT', deflateSync(new Uint8Array(52).fill(9)));
    expect(await refusal(png(header(4, 4), badFilter))).toContain('filter type 9');
  });

  it('is refused over 100 megapixels, from the header alone', async () => {
    expect(await refusal(png(header(20_000, 5_001), zeros(1)))).toContain('100.0 megapixels');
    expect(await refusal(png(header(0xffffffff, 0xffffffff), zeros(1)))).toContain('megapixels');
    expect(await refusal(png(header(1_000_001, 1), zeros(1)))).toContain('a side');
  });

  it('is refused before asking for memory where so few bytes cannot fill so many pixels', async () => {
    const before = process.memoryUsage().arrayBuffers;
    expect(await refusal(png(header(10_000, 10_000), zeros(1000)))).toContain('truncated');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50e6);
  });

  it.each([0, 1])(
    'is refused as a decompression bomb (interlace %i) without inflating it',
    async (interlace) => {
      const bomb = png(header(10, 10, 8, 2, interlace), zeros(200_000_000));
      const before = process.memoryUsage().rss;
      expect(await refusal(bomb)).toContain('inflate to more');
      expect(process.memoryUsage().rss - before).toBeLessThan(100e6);
    },
  );
});

describe('JPEG', () => {
  const end = [0xff, 0xd9];

  it('is refused wherever it is cut off', async () => {
    for (const file of ['baseline-420.jpg', 'progressive-444.jpg', 'restarts.jpg']) {
      const bytes = readFixture(file);
      for (let length = 0; length < bytes.length; length += length < 64 ? 1 : 13) {
        await refusal(bytes.subarray(0, length));
      }
    }
  });

  // The decoder would fill in grey (baseline) or a blurred image (progressive).
  it.each(['baseline-420.jpg', 'progressive-444.jpg', 'restarts.jpg', 'grey.jpg'])(
    '%s is refused when cut off and given an end marker',
    async (file) => {
      const bytes = readFixture(file);
      for (let length = 4; length < bytes.length - 3; length += 29) {
        await refusal(joined(bytes.subarray(0, length), end));
      }
    },
  );

  it('is refused without its last scan', async () => {
    const bytes = readFixture('progressive-420.jpg');
    const lastScan = bytes.findLastIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xda);
    expect(await refusal(joined(bytes.subarray(0, lastScan), end))).toContain('scans are missing');
  });

  it('is refused over 100 megapixels or with no pixels, from the header alone', async () => {
    const bytes = readFixture('baseline-420.jpg');
    const frame = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xc0);
    const large = bytes.slice();
    large.set([0x9c, 0x40, 0x9c, 0x40], frame + 5);
    expect(await refusal(large)).toContain('40000×40000 pixels (1600.0 megapixels)');
    const none = bytes.slice();
    none.set([0, 0], frame + 5);
    expect(await refusal(none)).toContain('53×0');
  });

  it('is refused where it is CMYK, lossless, of 12 bits, or has a scan of unknown components', async () => {
    const bytes = readFixture('baseline-420.jpg');
    const frame = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xc0);
    const lossless = bytes.slice();
    lossless[frame + 1] = 0xc3;
    expect(await refusal(lossless)).toContain('lossless');
    const deep = bytes.slice();
    deep[frame + 4] = 12;
    expect(await refusal(deep)).toContain('12 bits');
    const wrong = bytes.slice();
    wrong[frame + 10] = 77;
    expect(await refusal(wrong)).toContain('scan header');
    const fourth = joined(
      [0xff, 0xc0, 0, 20, 8, 0, 37, 0, 53, 4],
      [1, 0x11, 0, 2, 0x11, 1, 3, 0x11, 1, 4, 0x11, 1],
    );
    const scan = [0xff, 0xda, 0, 14, 4, 1, 0, 2, 0, 3, 0, 4, 0, 0, 63, 0];
    expect(await refusal(joined([0xff, 0xd8], fourth, scan, [1, 2, 3], end))).toContain('CMYK');
  });
});

describe('readImageFile', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'zian-images-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('names a missing file, a directory, and a file that is too large', async () => {
    await expect(readImageFile(join(folder, 'no.png'))).rejects.toThrow(/no\.png: there is no such file/);
    await expect(readImageFile(folder)).rejects.toThrow(/is a directory/);
    const large = join(folder, 'large.png');
    await writeFile(large, '');
    await truncate(large, 1_100_000_000);
    await expect(readImageFile(large)).rejects.toThrow(/1\.10 GB/);
    await expect(readImageFile('/dev/null')).rejects.toThrow(/not a regular file/);
  });

  it('names what else the system says', async () => {
    const loop = join(folder, 'loop.png');
    await symlink(loop, loop);
    await expect(readImageFile(loop)).rejects.toThrow(/loop\.png: the file cannot be read \(ELOOP\)/);
  });
});

describe('encodePng', () => {
  it.each([
    [1, 1],
    [37, 53],
  ])('%ix%i comes back the same, from this reader and from pngjs', async (width, height) => {
    const image = formulaImage(width, height);
    const bytes = encodePng(image);
    expect(bytes[25]).toBe(2);
    expect(await decodeImage(bytes, 'own')).toEqual(image);
    expect(new Uint8Array(PNG.sync.read(Buffer.from(bytes)).data)).toEqual(image.data);
  });
});
