import { deflateSync } from 'node:zlib';
import {
  bytesOf,
  checkpointZip,
  dictPickle,
  global,
  int,
  legacyCheckpoint,
  tensor,
  text,
  zipOf,
} from '../../convert/archives.js';
import { chunk, header, png as pngOf, zeros } from '../../images/png-builder.js';
import { join } from '../draw.js';
import type { Format } from '../format.js';
import { fixture } from '../formats/checkpoint.js';
import { csv } from '../formats/csv.js';
import { dicom } from '../formats/dicom.js';
import { jpeg } from '../formats/jpeg.js';
import { legacy } from '../formats/legacy.js';
import { pickle } from '../formats/pickle.js';
import { png } from '../formats/png.js';
import { safetensors } from '../formats/safetensors.js';
import { tiff } from '../formats/tiff.js';
import { yaml } from '../formats/yaml.js';
import { zip } from '../formats/zip.js';
import type { Outcome } from '../outcome.js';

/** A file that once took too long, too much memory or another error, or was accepted where it must not be. */
export interface Regression {
  readonly name: string;
  readonly format: Format;
  readonly outcome: Outcome;
  bytes(): Uint8Array;
}

const utf8 = (value: string): Uint8Array => new TextEncoder().encode(value);

function safetensorsOf(headerText: string, dataBytes = 0): Uint8Array {
  const json = utf8(headerText);
  return join(new Uint8Array(BigUint64Array.of(BigInt(json.length)).buffer), json, new Uint8Array(dataBytes));
}

/** A pickle of protocol 2 from pieces, without spreading millions of arguments. */
const pickleOf = (...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array =>
  join([0x80, 2], ...parts, [0x2e]);

const repeated = (piece: readonly number[], times: number): Uint8Array => {
  const bytes = new Uint8Array(piece.length * times);
  for (let i = 0; i < times; i++) bytes.set(piece, i * piece.length);
  return bytes;
};

const repeatedText = (piece: string, times: number): Uint8Array => utf8(piece.repeat(times));

/** Lists of the same lists, so many levels of ten. */
const laughs = (levels: number): Uint8Array => {
  const level = (n: number): number[] => [
    0x5d,
    0x71,
    n,
    0x28,
    ...Array.from({ length: 10 }, () => [0x68, n - 1]).flat(),
    0x65,
  ];
  return pickleOf([...bytesOf(']q', 0)], ...Array.from({ length: levels }, (_, i) => level(i + 1)));
};

/** A JPEG's segments with its frame header changed. */
function jpegOf(width: number, height: number, scans: number, dataBytes: number): Uint8Array {
  const whole = fixture('images/progressive-420.jpg');
  const frame = whole.findIndex((byte, i) => byte === 0xff && whole[i + 1] === 0xc2);
  const scan = whole.findIndex((byte, i) => byte === 0xff && whole[i + 1] === 0xda);
  const head = whole.slice(0, scan);
  head.set([height >> 8, height & 255, width >> 8, width & 255], frame + 5);
  const body = whole.subarray(scan, scan + 14);
  return join(
    head,
    ...Array.from({ length: scans }, () => join(body, new Uint8Array(dataBytes))),
    [0xff, 0xd9],
  );
}

const refused = (name: string, format: Format, bytes: () => Uint8Array): Regression => ({
  name,
  format,
  outcome: 'refused',
  bytes,
});
const read = (name: string, format: Format, bytes: () => Uint8Array): Regression => ({
  name,
  format,
  outcome: 'read',
  bytes,
});

const YAML_START = 'MODEL:\n  CROP_SIZE: &size [1024, 1024]\n';

export const REGRESSIONS: readonly Regression[] = [
  refused('a YAML of thousands of aliases in a list', yaml, () =>
    utf8(`${YAML_START}X: [${'*size, '.repeat(4000)}1]`),
  ),
  refused('a YAML of thousands of lists of aliases', yaml, () =>
    utf8(`${YAML_START}X: [${'[*size, *size], '.repeat(2000)}1]`),
  ),
  refused('a YAML of thousands of syntax errors', yaml, () =>
    utf8(`${YAML_START}X: [4]${'[*size, *size], '.repeat(4000)}`),
  ),
  refused('a YAML list that holds itself', yaml, () => utf8('MODEL:\n  IMAGE_SIZE: &a [*a, 1]\n')),
  refused('a YAML mapping that holds itself', yaml, () => utf8('MODEL: &a\n  EXTRA: *a\n')),
  read('a YAML of sixteen thousand keys that mean nothing here', yaml, () =>
    utf8(`OTHER:\n${Array.from({ length: 5000 }, (_, i) => `  k${i}: 1\n`).join('')}`),
  ),
  refused('a YAML of ten thousand brackets', yaml, () => utf8(`MODEL: ${'['.repeat(10_000)}`)),
  refused('a YAML of ten thousand block lists', yaml, () => utf8(`MODEL: \n ${'- '.repeat(10_000)}x`)),
  refused('a YAML of ten thousand keys within keys', yaml, () => utf8(`${'? '.repeat(10_000)}x`)),
  refused('a YAML that laughs a billion times', yaml, () =>
    utf8(
      `a: &a [x, x]\n${[...'bcdefghij'].map((c, i) => `${c}: &${c} [${`*${'abcdefghi'[i]}, `.repeat(9)}x]\n`).join('')}MODEL: *j\n`,
    ),
  ),
  refused('a YAML of a megabyte', yaml, () => repeatedText('a: 1\n', 200_000)),
  refused('a configuration of infinite sizes', yaml, () => utf8('MODEL: {DS_FACTOR: .inf}\n')),
  refused('a configuration of absurd counts', yaml, () =>
    utf8('MODEL: {EXTRA: {STAGE2: {NUM_MODULES: 1000000000}}}\n'),
  ),

  refused('a safetensors header of brackets', safetensors, () =>
    safetensorsOf(`{"a":${'['.repeat(20_000_000)}`),
  ),
  refused('a safetensors header of empty lists', safetensors, () =>
    safetensorsOf(`{"a":[${'[],'.repeat(7_000_000)}[]]}`),
  ),
  refused('a safetensors header of numbers', safetensors, () =>
    safetensorsOf(`{"a":[${'1,'.repeat(12_000_000)}1]}`),
  ),
  refused('a safetensors header of tensors without bytes', safetensors, () =>
    safetensorsOf(
      `{${Array.from({ length: 200_000 }, (_, i) => `"t${i}":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}`).join(',')}}`,
    ),
  ),
  refused('a shape of a million dimensions', safetensors, () =>
    safetensorsOf(`{"a":{"dtype":"F32","shape":[${'1,'.repeat(1_000_000)}1],"data_offsets":[0,4]}}`, 4),
  ),
  refused('a dtype that cannot be made a string', safetensors, () =>
    safetensorsOf('{"a":{"dtype":{"toString":1,"valueOf":2},"shape":[],"data_offsets":[0,4]}}', 4),
  ),
  refused('a tensor called __proto__', safetensors, () =>
    safetensorsOf('{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', 1),
  ),
  refused('a tensor whose name clears the screen', safetensors, () =>
    safetensorsOf('{"\\u001b[2J":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', 1),
  ),

  refused('a checkpoint of twenty thousand names that are alike', pickle, () =>
    checkpointZip(pickleOf([0x7d, 0x28], repeated([0x29, 0x4e], 120_000), [0x75])),
  ),
  read('a checkpoint of ten thousand names that are alike', pickle, () =>
    checkpointZip(pickleOf([0x7d, 0x28], repeated([0x29, 0x4e], 10_000), [0x75])),
  ),
  refused('a checkpoint that laughs a billion times', pickle, () => checkpointZip(laughs(12))),
  refused('a checkpoint that laughs a hundred thousand times', pickle, () => checkpointZip(laughs(5))),
  refused('a pickle of dicts', pickle, () => checkpointZip(pickleOf(repeated([0x7d], 700_000)))),
  refused('a pickle of numbers as text', pickle, () =>
    checkpointZip(pickleOf(repeated([0x49, 0x31, 0x0a], 5_000_000))),
  ),
  refused('a pickle of short texts', pickle, () =>
    checkpointZip(pickleOf(repeated([0x8c, 1, 0x61], 5_000_000))),
  ),
  refused('a pickle of bytes in text, over and over', pickle, () =>
    checkpointZip(
      pickleOf(
        [0x58, 0, 0, 0x10, 0],
        repeated([0x61], 0x100000),
        [0x71, 0],
        text('latin1'),
        [0x71, 1, 0x30, 0x30],
        repeated([...global('_codecs', 'encode'), 0x68, 0, 0x68, 1, 0x86, 0x52, 0x30], 500),
      ),
    ),
  ),
  refused('a pickle of marks', pickle, () => checkpointZip(pickleOf(repeated([0x28], 5_000_000)))),
  read('a pickle of ten million numbers that are dropped at once', pickle, () =>
    checkpointZip(pickleOf(repeated([0x4e, 0x30], 1_000_000), [0x4e])),
  ),
  refused('views that show a storage a million times', pickle, () =>
    checkpointZip(
      dictPickle({
        w: tensor({ shape: [2 ** 22, 4], strides: [0, 1] }),
        x: tensor({ shape: [2 ** 20, 4], strides: [0, 1] }),
      }),
      { 0: new Uint8Array(16) },
    ),
  ),
  read('a view of pairs in no order', pickle, () =>
    checkpointZip(
      dictPickle({
        w: tensor({
          count: 32,
          shape: Array(20).fill(2),
          strides: Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? 0 : 1)),
        }),
      }),
      { 0: new Uint8Array(128) },
    ),
  ),
  refused('a name that clears the screen', pickle, () => checkpointZip(dictPickle({ '\u001b[2J': int(1) }))),
  refused('a storage whose name clears the screen', pickle, () =>
    checkpointZip(dictPickle({ w: tensor({ key: '\u001b[2J' }) })),
  ),
  refused('a checkpoint of sixty thousand storages of nothing, without an end', legacy, () =>
    legacyCheckpoint(
      dictPickle(
        Object.fromEntries(
          Array.from({ length: 3000 }, (_, i) => [`w${i}`, tensor({ key: String(i), count: 0, shape: [0] })]),
        ),
      ),
      Array.from({ length: 2000 }, (_, i) => [String(i), 0, new Uint8Array(0)] as const),
    ),
  ),

  refused('a zip archive of compressed entries', zip, () => fixture('convert/refused/deflated.pth')),
  refused('a zip bomb', zip, () =>
    zipOf([{ name: 'm/data.pkl', data: new Uint8Array(20 << 20), deflate: true }]),
  ),
  refused('a zip directory of sixty thousand entries of nothing', zip, () =>
    zipOf(Array.from({ length: 60_000 }, (_, i) => ({ name: `e/${i}`, data: new Uint8Array(0) }))),
  ),

  refused('a PNG in three hundred thousand pieces', png, () => {
    const one = chunk('IDAT', Uint8Array.of(0x78));
    return join(
      [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
      header(10, 10),
      repeated([...one], 300_000),
      chunk('IEND', new Uint8Array(0)),
    );
  }),
  read('a PNG in pieces of a byte, and of none', png, () => {
    const data = deflateSync(new Uint8Array(310).map((_, i) => (i % 31 === 0 ? 0 : i)));
    const pieces = [...data].flatMap((byte) => [
      chunk('IDAT', Uint8Array.of(byte)),
      chunk('IDAT', new Uint8Array(0)),
    ]);
    return pngOf(header(10, 10), ...pieces);
  }),
  refused('a PNG of 100 megapixels that has a megapixel', png, () =>
    pngOf(header(10_000, 10_000, 1, 0), zeros(125_100)),
  ),
  refused('a PNG of 100 megapixels that breaks off', png, () =>
    pngOf(
      header(10_000, 10_000, 8, 0),
      chunk('IDAT', deflateSync(new Uint8Array(50_000_000)).subarray(0, 100_000)),
    ),
  ),
  refused('a decompression bomb in a PNG', png, () => pngOf(header(10, 10), zeros(100_000_000))),
  refused('a JPEG of 98 megapixels in a kilobyte', jpeg, () => jpegOf(65_500, 1500, 1, 100)),
  refused('a JPEG of 98 megapixels in a hundred scans', jpeg, () => jpegOf(65_500, 1500, 100, 300_000)),
  refused('a JPEG of two hundred scans', jpeg, () => jpegOf(53, 37, 250, 100)),

  refused('a TIFF with a list of depths', tiff, () => {
    const bytes = fixture('images/tiff/none.tif').slice();
    const entry = Buffer.from(bytes.buffer).indexOf(Uint8Array.of(0x02, 0x01, 3, 0));
    new DataView(bytes.buffer).setUint32(entry + 4, 300, true);
    return bytes;
  }),
  refused('a TIFF of 100 megapixels in a kilobyte', tiff, () => {
    const bytes = fixture('images/tiff/none.tif').slice();
    const view = new DataView(bytes.buffer);
    for (const tag of [256, 257, 278]) {
      const entry = Buffer.from(bytes.buffer).indexOf(Uint8Array.of(tag & 255, tag >> 8, 3, 0));
      view.setUint16(entry + 8, 10_000, true);
    }
    return bytes;
  }),
  refused('a DICOM file that ends in a number of one byte', dicom, () => {
    const bytes = fixture('images/dicom/frames.dcm').slice(0, 245);
    bytes[242] = 1;
    return bytes;
  }),
  refused('a DICOM syntax with a line break', dicom, () => {
    const text = Buffer.from(fixture('images/dicom/jpeg.dcm')).toString('latin1');
    return Buffer.from(text.replace('1.2.840.10008.1', '1.2.840.1000\n.1'), 'latin1');
  }),

  refused('a table of a million columns', csv, () => utf8(`file,x,y${','.repeat(1_000_000)}\n`)),
  refused('a table of nothing but commas', csv, () => repeatedText(',\n', 5_000_000)),
  refused('a table of nothing but line breaks', csv, () => repeatedText('\n', 3_000_000)),
  refused('a table whose quotes never end', csv, () => utf8(`file,x,y\n"${'a,b\n'.repeat(300_000)}`)),
  refused('a table that is one long word', csv, () => repeatedText('abcdefgh', 2_000_000)),
  read('a name that is a formula', csv, () =>
    utf8("file,x,y\n\"=cmd|'/C calc'!A0\",1,2\n@x,3,4\n-1+1,5,6\n'=x,7,8\n"),
  ),
];
