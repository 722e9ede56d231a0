// TIFF and DICOM files that are cut off, damaged, too large or of kinds that are not supported.
import { describe, expect, it } from 'vitest';
import { ZianError } from '../../src/errors.js';
import { decodeImage } from '../../src/node/images/decode.js';
import { optionalPackage } from '../../src/node/images/optional-package.js';
import { unpackBits } from '../../src/node/images/packbits.js';
import { readFixture } from './fixtures.js';

async function refusal(bytes: Uint8Array): Promise<string> {
  try {
    const image = await decodeImage(bytes, 'scan');
    throw new Error(`was decoded to ${image.width}x${image.height}`);
  } catch (error) {
    if (!(error instanceof ZianError) || error.kind !== 'input') throw error;
    expect(error.message).toMatch(/^scan: .*\.$/);
    return error.message;
  }
}

/** The file with `replacement` where `pattern` stands for the first time. */
function patched(bytes: Uint8Array, pattern: readonly number[], replacement: readonly number[]): Uint8Array {
  const at = bytes.findIndex((_, i) => pattern.every((value, j) => bytes[i + j] === value));
  if (at === -1) throw new Error('the pattern is not there');
  const copy = bytes.slice();
  copy.set(replacement, at);
  return copy;
}

/** A TIFF with another number in a field of one 16-bit number (little-endian). */
const withField = (bytes: Uint8Array, tag: number, value: number): Uint8Array => {
  const entry = [tag & 255, tag >> 8, 3, 0, 1, 0, 0, 0];
  return patched(bytes, entry, [...entry, value & 255, value >> 8]);
};

/** A DICOM file with another number in an element of one 16-bit number (explicit, little-endian). */
const withElement = (bytes: Uint8Array, element: number, value: number): Uint8Array => {
  const head = [0x28, 0, element & 255, element >> 8, 0x55, 0x53, 2, 0];
  return patched(bytes, head, [...head, value & 255, value >> 8]);
};

const ascii = (text: string): number[] => [...text].map((c) => c.charCodeAt(0));

describe('TIFF', () => {
  it.each(['none', 'lzw', 'deflate', 'packbits', 'jpeg-libtiff', 'bigtiff'])(
    '%s is refused wherever it is cut off',
    async (name) => {
      const bytes = readFixture(`tiff/${name}.tif`);
      for (let length = 4; length < bytes.length; length += 17) await refusal(bytes.subarray(0, length));
    },
  );

  it('is refused over 100 megapixels, from the header alone', async () => {
    const bytes = readFixture('tiff/none.tif');
    const large = withField(withField(bytes, 256, 60_000), 257, 60_000);
    expect(await refusal(large)).toContain('60000×60000 pixels (3600.0 megapixels)');
    expect(await refusal(withField(bytes, 256, 0))).toContain('0×13');
  });

  it('is refused, by name, where it is of a kind that is not supported', async () => {
    const bytes = readFixture('tiff/none.tif');
    expect(await refusal(withField(bytes, 259, 34712))).toContain('JPEG 2000');
    expect(await refusal(withField(bytes, 259, 4))).toContain('CCITT');
    expect(await refusal(withField(bytes, 262, 5))).toContain('CMYK');
    expect(await refusal(withField(bytes, 262, 6))).toContain('YCbCr');
    expect(await refusal(withField(bytes, 262, 3))).toContain('3 samples');
    expect(await refusal(withField(bytes, 277, 5))).toContain('5 samples');
    expect(await refusal(withField(readFixture('tiff/lzw-differences.tif'), 317, 3))).toContain(
      'predictor 3',
    );
  });

  it('is refused where a strip holds less than its pixels, or more than it should inflate to', async () => {
    const deflated = readFixture('tiff/deflate.tif');
    for (const file of [
      deflated,
      ...['none', 'lzw', 'packbits'].map((name) => readFixture(`tiff/${name}.tif`)),
    ]) {
      expect(await refusal(withField(file, 257, 14))).toContain('1 of 2 pieces');
      expect(await refusal(withField(withField(file, 257, 2000), 278, 2000))).toMatch(
        /in place of|ends after/,
      );
    }
    expect(await refusal(withField(deflated, 259, 5))).toContain('damaged');
  });
});

/** A file of nothing but a directory of entries of (tag, type, count, value); `rest` follows it. */
function tiffOf(
  entries: readonly (readonly [tag: number, type: number, count: number, value: number])[],
  rest = 0,
) {
  const bytes = Buffer.alloc(10 + entries.length * 12 + 4 + rest);
  bytes.write('II*\0', 'latin1');
  bytes.writeUInt32LE(8, 4);
  bytes.writeUInt16LE(entries.length, 8);
  entries.forEach(([tag, type, count, value], i) => {
    const at = 10 + i * 12;
    bytes.writeUInt16LE(tag, at);
    bytes.writeUInt16LE(type, at + 2);
    bytes.writeUInt32LE(count, at + 4);
    bytes.writeUInt32LE(value, at + 8);
  });
  return bytes;
}

describe('a TIFF that wants memory', () => {
  it('is refused where a field has more values than any picture needs, or than there are bytes', async () => {
    expect(await refusal(tiffOf([[273, 4, 4_000_000_000, 8]]))).toContain('4000000000 values');
    expect(await refusal(tiffOf([[273, 4, 1_000_000, 8]]))).toContain("field's values should end at 4000008");
    expect(await refusal(tiffOf([[256, 12, 1, 8]]))).toContain('values of the type 12');
  });

  it('reads no field twice, and none that it does not know', async () => {
    const size = 1_000_000;
    const entries = Array.from(
      { length: 65_000 },
      (_, i) => [i < 30_000 ? 320 : 50_000, 3, size / 2, 8] as const,
    );
    const bytes = tiffOf(entries, size);
    const before = process.memoryUsage().arrayBuffers;
    await refusal(bytes);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * bytes.length);
  });
});

describe('DICOM', () => {
  it.each(['rgb', 'rgb-rle', 'jpeg', 'palette-16bit'])(
    '%s is refused wherever it is cut off',
    async (name) => {
      const bytes = readFixture(`dicom/${name}.dcm`);
      for (let length = 132; length < bytes.length - 16; length += 13)
        await refusal(bytes.subarray(0, length));
    },
  );

  it('is refused where it has several frames, and says so', async () => {
    expect(await refusal(readFixture('dicom/frames.dcm'))).toContain('2 frames');
  });

  it('is refused over 100 megapixels, from the header alone', async () => {
    const large = withElement(withElement(readFixture('dicom/rgb.dcm'), 0x10, 60_000), 0x11, 60_000);
    expect(await refusal(large)).toContain('3600.0 megapixels');
  });

  it('is refused, by name, where it is of a kind that is not supported', async () => {
    const jpeg = readFixture('dicom/jpeg.dcm');
    const syntax = ascii('1.2.840.10008.1.2.4.50');
    expect(await refusal(patched(jpeg, syntax, ascii('1.2.840.10008.1.2.4.90')))).toContain('JPEG 2000');
    expect(await refusal(patched(jpeg, syntax, ascii('1.2.840.10008.1.2.4.99')))).toContain('unknown syntax');
    const grey = readFixture('dicom/monochrome2-16bit.dcm');
    expect(await refusal(withElement(grey, 0x103, 1))).toContain('signed');
    expect(await refusal(withElement(grey, 0x101, 4))).toContain('4 bits of 16');
    expect(await refusal(patched(grey, ascii('MONOCHROME2'), ascii('ARGB       ')))).toContain("'ARGB'");
    // Pixels of another kind, such as those of a parametric map.
    expect(await refusal(patched(grey, [0xe0, 0x7f, 0x10, 0], [0xe0, 0x7f, 0x08, 0]))).toContain('no image');
  });

  it('is refused where its JPEG is of another size', async () => {
    expect(await refusal(withElement(readFixture('dicom/jpeg.dcm'), 0x10, 40))).toContain(
      'holds a JPEG of 50×36',
    );
  });
});

describe('packages', () => {
  it('are named, with how to install them, where they are missing', async () => {
    const missing = 'no-such-package-of-ours';
    const load = optionalPackage('dicom-parser', 'a.dcm', 'a DICOM image', () => import(missing));
    await expect(load).rejects.toThrow(
      "a.dcm: it is a DICOM image, and the package 'dicom-parser', which reads those, is not installed; install it beside zian-webgpu: npm install dicom-parser",
    );
    const broken = optionalPackage('dicom-parser', 'a.dcm', 'a DICOM image', () =>
      Promise.reject(new Error('other')),
    );
    await expect(broken).rejects.toThrow(/^other$/);
  });
});

describe('PackBits', () => {
  it('unpacks the example of TIFF 6.0, and stops at the end of either side', () => {
    const packed = [0xfe, 0xaa, 0x02, 0x80, 0x00, 0x2a, 0xfd, 0xaa, 0x03, 0x80, 0x00, 0x2a, 0x22, 0xf7, 0xaa];
    const want = [
      ...[0xaa, 0xaa, 0xaa, 0x80, 0x00, 0x2a, 0xaa, 0xaa, 0xaa, 0xaa, 0x80, 0x00, 0x2a, 0x22],
      ...Array.from({ length: 10 }, () => 0xaa),
    ];
    const target = new Uint8Array(24);
    expect(unpackBits(Uint8Array.from(packed), target)).toBe(24);
    expect([...target]).toEqual(want);
    expect(unpackBits(Uint8Array.from(packed), target.subarray(0, 5))).toBe(5);
    expect(unpackBits(Uint8Array.from(packed.slice(0, 4)), new Uint8Array(24))).toBe(4);
    expect(unpackBits(Uint8Array.of(128, 0, 7), new Uint8Array(2))).toBe(1);
  });
});
