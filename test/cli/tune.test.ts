import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTuning, tuningPath, writeTuning } from '../../src/node/tuning-file.js';
import { parseTuningTable, TuningTable } from '../../src/tuning/index.js';
import { testDevice } from '../support/device.js';
import { testFolder, zian } from './support.js';

const folder = testFolder();
const at = (name: string): string => join(folder, name);
const tune = (...args: string[]) =>
  zian(['tune', '--adapter', process.env.ZIAN_TEST_ADAPTER || 'software', ...args]);
const ENTRY = { variant: 'fast', milliseconds: { fast: 1, slow: 2 } };

const { XDG_CACHE_HOME: before } = process.env;
beforeAll(async () => {
  // The driver is found, or unpacked, before the cache is another one.
  await testDevice();
  process.env.XDG_CACHE_HOME = at('cache');
});
afterAll(() => {
  if (before === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = before;
});

describe('the kept tuning', () => {
  it('is empty where there is no file, a damaged one, or one of another adapter', async () => {
    const { report } = await testDevice();
    const path = at('table.json');
    expect((await readTuning(report, path)).size).toBe(0);
    for (const text of ['{', new TuningTable('another adapter', [['call', ENTRY]]).serialize()]) {
      writeFileSync(path, text);
      expect((await readTuning(report, path)).size).toBe(0);
    }
  });

  it('grows by what each process measures', async () => {
    const { report } = await testDevice();
    const path = at('deep/folder/table.json');
    for (const call of ['a', 'b']) await writeTuning(report, new TuningTable('here', [[call, ENTRY]]), path);
    expect([...(await readTuning(report, path)).entries()]).toEqual([
      ['a', ENTRY],
      ['b', ENTRY],
    ]);
  });
});

describe('zian tune', () => {
  it('measures, shows, exports, forgets and takes over', async () => {
    const { report } = await testDevice();
    expect((await tune('--show')).out).toContain('Nothing has been measured on this adapter');

    const measured = await tune('--budget', '0.01', '--json');
    expect(measured).toMatchObject({ code: 0, err: '' });
    const { calls, measured: count, missing } = JSON.parse(measured.out);
    // The budget is used up by the first, which is finished.
    expect(count).toBe(1);
    expect(missing).toBeGreaterThan(1);
    const [entry] = Object.values(calls);
    expect(Object.keys(calls)).toHaveLength(1);
    expect(entry).toMatchObject({ variant: expect.any(String), milliseconds: expect.any(Object) });

    const shown = await tune('--show');
    expect(shown.out).toContain('conv2d; x f32');
    const exported = at('table.json');
    expect(await tune('--export', exported)).toMatchObject({
      code: 0,
      out: `Wrote 1 calls to ${exported}.\n`,
    });
    expect(parseTuningTable(readFileSync(exported, 'utf8'), exported).size).toBe(1);

    expect((await tune('--clear')).out).toBe(`Forgot what was measured on ${report.name}.\n`);
    expect((await tune('--show', '--json')).out).toBe(
      `${JSON.stringify({ adapter: parseTuningTable(readFileSync(exported, 'utf8'), '').adapter, calls: {} })}\n`,
    );
    expect((await tune('--import', exported)).out).toBe(`Took over 1 calls from ${exported}.\n`);
    expect((await tune('--show')).out).toBe(shown.out);
  });

  it('refuses a file that is no table, one of another adapter, and budgets that are none', async () => {
    const other = at('other.json');
    writeFileSync(other, new TuningTable('another adapter', [['call', ENTRY]]).serialize());
    expect(await tune('--import', other)).toMatchObject({ code: 4, out: '' });
    writeFileSync(at('page.json'), '<html>');
    const refused = await tune('--import', at('page.json'));
    expect(refused).toMatchObject({ code: 3, out: '' });
    expect(refused.err).toContain('page.json is no tuning table of this program: it is not JSON.');
    expect(await tune('--budget', '0')).toMatchObject({ code: 2, out: '' });
    expect(await tune('--show', '--clear')).toMatchObject({ code: 2, out: '' });
  });

  it('overwrites a damaged file', async () => {
    const { report } = await testDevice();
    mkdirSync(dirname(tuningPath(report)), { recursive: true });
    writeFileSync(tuningPath(report), 'not JSON');
    expect((await tune('--show')).code).toBe(0);
    expect((await tune('--budget', '0.01')).code).toBe(0);
    expect((await readTuning(report)).size).toBe(1);
  });
});
