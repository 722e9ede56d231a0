import { deflateSync } from 'node:zlib';
import { exifOrientation } from '../../../src/images/exif.js';
import { withPlainOrientation } from '../../../src/images/plain-orientation.js';
import { decodeImage } from '../../../src/node/images/decode.js';
import { chunk, header, png } from '../../images/png-builder.js';
import { type Draw, EDGES, join } from '../draw.js';
import { check, type Format } from '../format.js';

interface Field {
  tag: number;
  type: number;
  count: number;
  value: number;
}

const TAGS = [0x010e, 0x010f, 0x0110, 0x0112, 0x011a, 0x0128, 0x0132, 0x8769, 0x8825, 0, 0xffff];

function tiff(
  little: boolean,
  magic: number,
  directory: number,
  count: number,
  fields: readonly Field[],
  next: number,
  tail: Uint8Array,
): Uint8Array {
  const bytes = new Uint8Array(8 + 2 + 12 * fields.length + 4);
  const view = new DataView(bytes.buffer);
  bytes.set(little ? [0x49, 0x49] : [0x4d, 0x4d]);
  view.setUint16(2, magic, little);
  view.setUint32(4, directory, little);
  view.setUint16(8, count, little);
  for (const [i, { tag, type, count: n, value }] of fields.entries()) {
    const at = 10 + 12 * i;
    view.setUint16(at, tag, little);
    view.setUint16(at + 2, type, little);
    view.setUint32(at + 4, n, little);
    if (type === 3) view.setUint16(at + 8, value, little);
    else view.setUint32(at + 8, value, little);
  }
  view.setUint32(10 + 12 * fields.length, next, little);
  return join(bytes, tail);
}

/** A TIFF structure as cameras write it, with fields, counts, offsets or chains changed. */
export function mutateTiff(draw: Draw): Uint8Array {
  let fields: Field[] = Array.from({ length: 1 + draw.below(5) }, () => ({
    tag: draw.pick(TAGS),
    type: draw.pick([2, 3, 4, 5]),
    count: draw.below(12),
    value: draw.below(64),
  }));
  fields.push({ tag: 0x0112, type: 3, count: 1, value: 1 + draw.below(8) });
  fields.sort((a, b) => a.tag - b.tag);
  if (draw.chance(0.3)) fields = draw.shuffled(fields);
  for (const field of fields) {
    if (!draw.chance(0.15)) continue;
    const key = draw.pick(['tag', 'type', 'count', 'value'] as const);
    field[key] = draw.pick(EDGES) % 2 ** 32;
  }
  const count = draw.chance(0.1) ? draw.near(fields.length) : fields.length;
  const directory = draw.chance(0.1) ? draw.near(8) % 2 ** 32 : 8;
  // A directory that follows itself, or points anywhere.
  const next = draw.pick([0, 0, 8, 0xffffffff, 20]);
  const bytes = tiff(
    draw.chance(0.5),
    draw.chance(0.05) ? draw.below(65536) : 42,
    directory,
    count,
    fields,
    next,
    draw.bytes(draw.below(40)),
  );
  return draw.chance(0.1) ? draw.scrambled(bytes) : bytes;
}

const WIDTH = 3;
const HEIGHT = 2;
const PIXELS = deflateSync(new Uint8Array(HEIGHT * (1 + 3 * WIDTH)));

export const exif: Format = {
  name: 'exif',
  mutate: mutateTiff,
  async read(bytes) {
    const orientation = exifOrientation(bytes);
    check(
      Number.isInteger(orientation) && orientation >= 1 && orientation <= 8,
      `orientation ${orientation}`,
    );
    // The same structure in a file: width and height change places where it is turned.
    const image = await decodeImage(
      png(header(WIDTH, HEIGHT), chunk('eXIf', bytes), chunk('IDAT', PIXELS)),
      'e.png',
    );
    check(image.width === (orientation > 4 ? HEIGHT : WIDTH), 'another orientation than its EXIF says');
    const jpeg = new Uint8Array(
      join(
        [
          0xff,
          0xd8,
          0xff,
          0xe1,
          (bytes.length + 8) >> 8,
          (bytes.length + 8) & 255,
          0x45,
          0x78,
          0x69,
          0x66,
          0,
          0,
        ],
        bytes,
        [0xff, 0xd9],
      ),
    );
    check(withPlainOrientation(jpeg).length >= 2, 'no parts');
    return 0;
  },
};
