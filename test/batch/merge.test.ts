import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseShard, shardOf, unshard } from '../../src/cli/batch/shard.js';
import { deviceError } from '../../src/errors.js';
import { fakeEngine } from '../cli/fake-engine.js';
import { testFolder, zian } from '../cli/support.js';
import { landmarkOf, writePhotographs } from './support.js';

const folder = testFolder();
const at = (...names: string[]): string => join(folder, ...names);
const read = (name: string): string => readFileSync(at(name), 'utf8');
const model = at('model.safetensors');

async function localize(table: string, args: readonly string[] = [], failAt = Number.POSITIVE_INFINITY) {
  let count = 0;
  const { openEngine } = fakeEngine({
    localize: (image) => {
      if (count++ === failAt) throw deviceError('The GPU device was lost.');
      return landmarkOf(image);
    },
  });
  return await zian(['localize', at('photographs'), '-m', model, '--csv', at(table), '--quiet', ...args], {
    openEngine,
  });
}

const part = (index: number): string => `part-${index}.csv`;
const parts = (...indices: number[]): string[] => indices.map((index) => at(part(index)));

beforeAll(async () => {
  writePhotographs(at('photographs'), 11, [6]);
  writeFileSync(model, 'not read by a fake engine');
  await localize('whole.csv', ['--round']);
  for (const index of [1, 2, 3]) await localize(part(index), ['--shard', `${index}/3`, '--round']);
});

describe('shards', () => {
  it('are parts of a list that make it again', () => {
    for (let total = 0; total < 12; total++) {
      const items = Array.from({ length: total }, (_, i) => i);
      for (let count = 1; count < 6; count++) {
        const all = Array.from({ length: count }, (_, i) => shardOf(items, { index: i + 1, count }));
        expect(unshard(all, total)).toEqual(items);
        const sizes = all.map(({ length }) => length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }
    }
    expect(parseShard('2/8')).toEqual({ index: 2, count: 8 });
  });
});

describe('zian merge', () => {
  it('makes the table of a run without shards, in whatever order they come', async () => {
    const run = await zian(['merge', ...parts(3, 1, 2), '-o', at('all.csv')]);
    expect(run).toMatchObject({ code: 3, out: '' });
    expect(run.err).toMatch(
      /^error: .*V07\.png: expected a PNG, JPEG, TIFF or DICOM image[^\n]*\n10 rows in .*all\.csv\.\n$/,
    );
    expect(read('all.csv')).toBe(read('whole.csv'));
  });

  it('says which shards and images are missing', async () => {
    await localize('part-2b.csv', ['--shard', '2/3', '--round'], 1);
    const args = [at('part-1.csv'), at('part-2b.csv'), at('part-3-that-has-not-run.csv')];
    const run = await zian(['merge', ...args, '-o', at('some.csv'), '--json', '--quiet']);
    expect(run.code).toBe(3);
    const told = JSON.parse(run.out);
    expect(told.missingShards).toEqual([{ shard: '3/3', images: 3 }]);
    expect(told.missing).toHaveLength(3);
    expect(told.rows + told.missing.length + told.failures.length).toBe(8);
    expect(run.err).toContain('error: shard 3/3 is missing: 3 image(s)');
    for (const name of told.missing) expect(run.err).toContain(`error: ${name}: not done`);
    const rows = read('some.csv').trimEnd().split('\n').slice(1);
    const whole = read('whole.csv').trimEnd().split('\n');
    expect(rows).toEqual(whole.filter((row) => rows.includes(row)));
  });

  it('writes other formats of the same results', async () => {
    await zian(['merge', ...parts(1, 2, 3), '-o', at('all.jsonl'), '--format', 'jsonl', '--quiet']);
    const names = read('all.jsonl')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).image);
    expect(names).toEqual(
      read('whole.csv')
        .trimEnd()
        .split('\n')
        .slice(1)
        .map((row) => row.split(',')[0]),
    );
  });

  it('joins rows where there are no journals, and says which images have none', async () => {
    writeFileSync(at('a.csv'), 'ImageName,Fovea_X,Fovea_Y\nV01.png,1.00,2.00\n"V,3.png",1.00,2.00\n');
    writeFileSync(at('b.csv'), 'ImageName,Fovea_X,Fovea_Y\r\nV02.png,3.00,4.00\r\n');
    const run = await zian(['merge', at('a.csv'), at('b.csv'), '-o', at('ab.csv')]);
    expect(run.code).toBe(0);
    expect(read('ab.csv')).toBe(
      'ImageName,Fovea_X,Fovea_Y\nV01.png,1.00,2.00\n"V,3.png",1.00,2.00\nV02.png,3.00,4.00\n',
    );
    const args = ['--images', at('photographs'), '--json', '--quiet'];
    const checked = await zian(['merge', at('a.csv'), at('b.csv'), '-o', at('ab.csv'), ...args]);
    expect(checked.code).toBe(3);
    expect(JSON.parse(checked.out).missing).toEqual(
      ['03', '05', '07', '09', '11', '04', '06', '08', '10'].map((n) => `V${n}.png`),
    );
  });

  it('refuses what does not go together', async () => {
    const refused = async (code: number, message: string, ...args: string[]) => {
      const run = await zian(['merge', ...args, '-o', at('never.csv')]);
      expect(run).toMatchObject({ code, out: '' });
      expect(run.err).toContain(message);
    };
    await localize('half.csv', ['--shard', '1/2']);
    await localize('flipped.csv', ['--shard', '2/3', '--flip-test']);
    await refused(3, 'is not a shard of the same list', ...parts(1), at('half.csv'));
    await refused(3, 'was made with another flipTest', ...parts(1), at('flipped.csv'));
    await refused(3, 'nothing.csv does not exist', at('nothing.csv'), at('nothing-2.csv'));
    await refused(3, 'has the columns', at('a.csv'), at('c.csv'));
    await refused(2, 'has no journal', ...parts(1), at('a.csv'));
    await refused(2, 'need the tables’ journals', at('a.csv'), at('b.csv'), '--round');
    await refused(3, 'is in several tables', at('whole.csv'), ...parts(1));
    await refused(2, 'is also an input', at('never.csv'), at('a.csv'));
  });
});

writeFileSync(at('c.csv'), 'data,Fovea_X,Fovea_Y\n1,2,3\n');
rmSync(at('never.csv'), { force: true });
