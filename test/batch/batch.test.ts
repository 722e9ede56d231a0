import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { deviceError } from '../../src/errors.js';
import type { RgbaImage } from '../../src/zian/image.js';
import { fakeEngine } from '../cli/fake-engine.js';
import { testFolder, zian } from '../cli/support.js';
import { landmarkOf, writePhotographs } from './support.js';

const folder = testFolder();
const at = (...names: string[]): string => join(folder, ...names);
const photographs = at('photographs');
const model = at('model.safetensors');
const read = (name: string): string => readFileSync(at(name), 'utf8');

beforeAll(() => {
  writePhotographs(photographs, 12, [4]);
  writeFileSync(model, 'not read by a fake engine');
});

/** Runs a batch with an engine that loses its device at an image; the widths of the images that it got. */
async function batch(args: readonly string[], { failAt = Number.POSITIVE_INFINITY } = {}) {
  const widths: number[] = [];
  const { openEngine, calls } = fakeEngine({
    localize: (image: RgbaImage) => {
      if (widths.length === failAt) throw deviceError('The GPU device was lost.');
      widths.push(image.width);
      return landmarkOf(image);
    },
  });
  const run = await zian(['localize', photographs, '-m', model, ...args], { openEngine });
  return { ...run, widths, calls };
}

describe('a batch', () => {
  it('writes a challenge’s table in the list’s order, and reports and leaves out what is broken', async () => {
    const run = await batch(['--csv', at('whole.csv')]);
    expect(run).toMatchObject({ code: 3, out: '' });
    expect(run.err).toMatch(
      /^error: .*V05\.png: expected a PNG, JPEG, TIFF or DICOM image, but it is an HTML page/,
    );
    expect(run.err).toMatch(/\n12 images in .* 1 failed; 11 rows in .*whole\.csv\.\n$/);
    const rows = read('whole.csv').trimEnd().split('\n');
    expect(rows[0]).toBe('ImageName,Fovea_X,Fovea_Y');
    const order = ['01', '03', '07', '09', '11', '02', '04', '06', '08', '10', '12'];
    expect(rows.slice(1).map((row) => row.split(',')[0])).toEqual(order.map((n) => `V${n}.png`));
    for (const row of rows.slice(1)) expect(row).toMatch(/^V\d\d\.png,\d+\.\d\d,\d+\.\d\d$/);
  });

  it('goes on where it was stopped, with a table that is byte for byte the same', async () => {
    const stopped = await batch(['--csv', at('two.csv')], { failAt: 5 });
    expect(stopped).toMatchObject({ code: 4, calls: { closed: 1 } });
    expect(existsSync(at('two.csv'))).toBe(false);
    // As after a kill in the middle of a line.
    appendFileSync(at('two.csv.journal.jsonl'), '{"name":"V09.png","stamp":"1 ');
    const again = await batch(['--csv', at('two.csv')]);
    expect(again.code).toBe(3);
    expect(again.err).toContain('6 of 12 images were done before');
    expect(again.widths).toHaveLength(6);
    expect(new Set([...stopped.widths, ...again.widths]).size).toBe(11);
    expect(read('two.csv')).toBe(read('whole.csv'));
    // What was broken is still told, and not tried again.
    expect(again.err.match(/V05\.png: expected/g)).toHaveLength(1);

    const third = await batch(['--csv', at('two.csv')]);
    expect(third).toMatchObject({ code: 3, widths: [], calls: { opened: [] } });
    expect(read('two.csv')).toBe(read('whole.csv'));
  });

  it('does again what has changed, what is new, and all with --restart', async () => {
    const own = testFolderWith(6);
    const args = ['--csv', at('changed.csv'), '--quiet'];
    const go = async (...more: string[]) => {
      const { openEngine, calls } = fakeEngine({ localize: landmarkOf });
      await zian(['localize', own, '-m', model, ...args, ...more], { openEngine });
      return calls.localized.length;
    };
    expect(await go()).toBe(6);
    utimesSync(join(own, 'left', 'V03.png'), new Date(), new Date(2020, 1, 1));
    expect(await go()).toBe(1);
    writePhotographs(own, 7);
    // All are written again, in the same bytes and at another time.
    expect(await go()).toBe(7);
    rmSync(join(own, 'left', 'V01.png'));
    expect(await go()).toBe(0);
    expect(read('changed.csv').split('\n')[1]).toMatch(/^V03/);
    expect(await go('--restart')).toBe(6);
  });

  it('refuses to mix results of other models and settings', async () => {
    await batch(['--csv', at('mixed.csv')]);
    const flipped = await batch(['--csv', at('mixed.csv'), '--flip-test']);
    expect(flipped).toMatchObject({ code: 2, widths: [] });
    expect(flipped.err).toMatch(
      /holds results with another --flip-test \(none, now true\); .*--restart\.\n$/,
    );
    writeFileSync(at('other.safetensors'), 'another model');
    const other = await batch(['--csv', at('mixed.csv'), '-m', at('other.safetensors')]);
    expect(other.code).toBe(2);
    expect(other.err).toContain('another model;');
    writeFileSync(at('foreign.csv.journal.jsonl'), 'somebody’s notes\n');
    const foreign = await batch(['--csv', at('foreign.csv')]);
    expect(foreign.code).toBe(3);
    expect(foreign.err).toContain('this is no journal');
    expect(read('foreign.csv.journal.jsonl')).toBe('somebody’s notes\n');
  });

  it('draws overlays, and those that are gone again', async () => {
    const args = ['--csv', at('drawn.csv'), '--overlays', at('overlays'), '--quiet'];
    expect((await batch(args)).widths).toHaveLength(11);
    expect(readdirSync(at('overlays'))).toHaveLength(11);
    rmSync(at('overlays', 'V07.overlay.png'));
    expect((await batch(args)).widths).toEqual([30]);
    expect(readdirSync(at('overlays'))).toHaveLength(11);
  });

  it('writes the other formats, rounded ones too', async () => {
    const go = async (...args: string[]) => {
      const run = await batch(['--csv', at('format'), '--restart', '--quiet', ...args]);
      expect(run.code).toBe(3);
      return read('format');
    };
    const refuge = (await go()).trimEnd().split('\n');
    const gamma = (await go('--format', 'gamma')).trimEnd().split('\n');
    expect(gamma[0]).toBe('data,Fovea_X,Fovea_Y');
    expect(gamma.slice(1)).toEqual(refuge.slice(1).map((row) => row.replace('.png', '')));
    const palm = (await go('--format', 'palm', '--round')).trimEnd().split('\n');
    expect(palm[0]).toBe('FileName,Fovea_X,Fovea_Y');
    for (const [i, row] of palm.slice(1).entries()) {
      const [name, ...numbers] = (refuge[i + 1] ?? '').split(',');
      expect(row.split(',')).toEqual([name, ...numbers.map((text) => String(Math.round(Number(text))))]);
    }
    const lines = (await go('--format', 'jsonl'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({ image: 'V01.png', width: 24, height: 20, coarse: { x: 9, y: 14 } });
    expect(lines[0]).not.toHaveProperty('milliseconds');
    expect(JSON.parse(await go('--format', 'json'))).toEqual(lines);
  });

  it('writes both spurs of scans', async () => {
    const { openEngine } = fakeEngine();
    const args = ['--task', 'scleral-spur', '--csv', at('spurs.csv'), '--quiet'];
    await zian(['localize', join(photographs, 'left', 'V01.png'), '-m', model, ...args], { openEngine });
    // Halves of 12 × 20 with the landmark in the middle of each, counted from 1.
    expect(read('spurs.csv')).toBe(
      'ASOCT_NAME,X_LEFT,Y_LEFT,X_RIGHT,Y_RIGHT\nV01.png,7.00,11.00,19.00,11.00\n',
    );
  });

  it('tells the whole run as one object with --json', async () => {
    const run = await batch(['--csv', at('told.csv'), '--json']);
    const told = JSON.parse(run.out);
    expect(told).toMatchObject({ table: at('told.csv'), rows: 11, images: 12, done: 12, before: 0 });
    expect(told.failures).toEqual([
      { image: join(photographs, 'left', 'V05.png'), error: expect.stringContaining('HTML page') },
    ]);
    expect(JSON.parse((await batch(['--csv', at('told.csv'), '--json'])).out)).toMatchObject({
      rows: 11,
      done: 0,
      before: 12,
    });
  });

  it.each([
    [['--format', 'json'], '--format is about the table'],
    [['--round'], '--round is about the table'],
    [['--restart'], '--restart is about the table'],
    [['--csv', 'x.csv', '--format', 'age'], '--format age has 2 landmark(s) per image'],
    [['-o', 'a', '--overlays', 'b'], '-o and --overlays both say'],
    [['--shard', '9/8'], 'PART/PARTS'],
    [['--shard', '0/8'], 'PART/PARTS'],
    [['--workers', '0'], 'whole number of at least 1'],
  ])('refuses %j', async (args, message) => {
    const run = await batch(args);
    expect(run).toMatchObject({ code: 2, out: '', widths: [] });
    expect(run.err).toContain(message);
  });
});

function testFolderWith(count: number): string {
  const own = at('changing');
  writePhotographs(own, count);
  return own;
}
