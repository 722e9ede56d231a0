import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/cli/experiment-file.js';
import { ZianError } from '../../src/errors.js';
import { openFileSource } from '../../src/node/file-source.js';
import { findImages } from '../../src/node/find-images.js';
import { readImageFile } from '../../src/node/images/decode.js';
import { readCells, readLandmarks } from '../../src/node/tables.js';
import { jsonText, terminalText } from '../../src/printable.js';
import { bytesSource, memorySink, openSafetensors, writeSafetensors } from '../../src/weights/index.js';
import { testFolder, zian } from '../cli/support.js';
import { zipOf } from '../convert/archives.js';
import { messageProblem } from './outcome.js';

const folder = testFolder();
const at = (name: string): string => join(folder, name);

/** All that reads files, by what it reads. */
const READERS: Readonly<Record<string, (path: string) => Promise<unknown>>> = {
  weights: openFileSource,
  images: readImageFile,
  tables: readCells,
  landmarks: readLandmarks,
  experiments: (path) => readConfig(path, []),
  lists: async (path) => {
    const { images, problems } = await findImages([path]);
    const [problem] = problems;
    if (problem !== undefined) throw problem;
    // Of what is no list, reading the image itself is what fails.
    return Promise.all(images.map((image) => readImageFile(image.path)));
  },
};

async function refusal(reading: Promise<unknown>): Promise<string> {
  const failure = await reading.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(ZianError);
  return failure instanceof ZianError ? failure.message : '';
}

describe('what is no regular file is refused', () => {
  const special = ['pipe', 'folder', 'loop', 'none', 'a\0b'].map((name) => at(`${name}.csv`));
  const [pipe = '', directory = '', loop = ''] = special;
  beforeAll(() => {
    // Nobody writes to it.
    execFileSync('mkfifo', [pipe]);
    mkdirSync(directory);
    symlinkSync(loop, loop);
  });

  it.each(Object.entries(READERS))('where %s are read', async (_, read) => {
    for (const path of [...special, '/dev/zero', '/dev/null', '/dev/random']) {
      expect(messageProblem(await refusal(read(path)))).toBeUndefined();
    }
  });
});

describe('nothing that a terminal would obey is printed', () => {
  const ESCAPE = '\u001b]0;title\u0007\u001b[31m\u009b2J\u202e';
  // Line breaks are the output's own.
  const HARMFUL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
  const harmless = (text: string) => expect(text.replaceAll('\n', '')).not.toMatch(HARMFUL);

  it('of names of files', async () => {
    const path = at(`m${ESCAPE}.safetensors`);
    writeFileSync(path, 'x'.repeat(20));
    for (const args of [
      ['inspect', path],
      ['inspect', '--json', at(`none${ESCAPE}.pth`)],
      ['convert', path, '--config', 'refuge', '-o', at('o.safetensors')],
      ['convert', path, '--config', at(`c${ESCAPE}.yaml`), '-o', at('o.safetensors')],
      ['evaluate', at(`t${ESCAPE}.csv`), at(`t${ESCAPE}.csv`)],
      ['merge', at(`t${ESCAPE}.csv`), '-o', at('o.csv')],
      ['localize', path, `--${ESCAPE}`],
      [ESCAPE],
    ]) {
      const { code, out, err } = await zian(args);
      expect(code).toBeGreaterThan(0);
      expect(err).toContain('\\u');
      harmless(out + err);
    }
  });

  it('of what is in files', async () => {
    const sink = memorySink();
    const entry = { name: 'w', dtype: 'F32', shape: [1], bytes: () => new Uint8Array(4) } as const;
    await writeSafetensors(sink, [entry], { format: 'zian', note: `a${ESCAPE}` });
    const path = at('metadata.safetensors');
    writeFileSync(path, sink.bytes());
    const text = await zian(['inspect', path]);
    expect(text).toMatchObject({ code: 0, err: '' });
    harmless(text.out);
    const json = await zian(['inspect', '--json', path]);
    harmless(json.out);
    expect(JSON.parse(json.out)).toMatchObject({ metadata: { note: `a${ESCAPE}` } });
    writeFileSync(at('table.csv'), `${ESCAPE},x\n1,2\n`);
    const table = await zian(['evaluate', at('table.csv'), at('table.csv')]);
    expect(table.code).toBe(3);
    harmless(table.err);
  });

  it('and JSON with escapes reads back the same', () => {
    const value = { [`k${ESCAPE}`]: ['\u{e0001}\u2028\ud800', 'plain ü 日本'] };
    harmless(jsonText(value));
    expect(JSON.parse(jsonText(value))).toEqual(value);
    expect(terminalText('a\tb\nc\u001b')).toBe('a\tb\nc\\u001b');
  });
});

describe('tables', () => {
  it('that would unpack to far more than a table are refused', async () => {
    const bomb = zipOf([{ name: 'xl/worksheets/sheet1.xml', data: new Uint8Array(80e6), deflate: true }]);
    writeFileSync(at('bomb.xlsx'), bomb);
    expect(await refusal(readCells(at('bomb.xlsx')))).toMatch(/zip bomb/);
    writeFileSync(at('broken.xlsx'), bomb.slice(0, 100));
    expect(messageProblem(await refusal(readCells(at('broken.xlsx'))))).toBeUndefined();
  });
});

describe('safetensors', () => {
  const file = (header: string, data = 0) => {
    const json = new TextEncoder().encode(header);
    const bytes = new Uint8Array(8 + json.length + data);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
    bytes.set(json, 8);
    return openSafetensors(bytesSource('m.safetensors', bytes));
  };

  it('of the newer element types are listed', async () => {
    const { tensors } = await file(
      '{"a":{"dtype":"C64","shape":[1],"data_offsets":[0,8]},"b":{"dtype":"F8_E8M0","shape":[3],"data_offsets":[8,11]}}',
      11,
    );
    expect([...tensors.keys()]).toEqual(['a', 'b']);
  });

  it.each([
    ['a byte-order mark', '\ufeff{}', 0],
    ['a hole', '{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}', 2],
    [
      'an overlap',
      '{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}',
      3,
    ],
    ['a negative offset', '{"a":{"dtype":"U8","shape":[1],"data_offsets":[-1,0]}}', 1],
    ['bytes behind the last tensor', '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', 2],
    ['a type of later versions', '{"a":{"dtype":"F4","shape":[2],"data_offsets":[0,1]}}', 1],
    ['a key that is a control character', '{"__metadata__":{"\\u0007":"x"}}', 0],
    ['a key that is __proto__', '{"__metadata__":{"__proto__":"x"}}', 0],
  ])('with %s are refused', async (_, header, data) => {
    expect(messageProblem(await refusal(file(header, data)))).toBeUndefined();
  });
});
