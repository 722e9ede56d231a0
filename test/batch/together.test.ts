import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openEngine } from '../../src/cli/open-engine.js';
import { deviceError } from '../../src/errors.js';
import { encodePng } from '../../src/node/images/encode.js';
import { memorySink } from '../../src/weights/index.js';
import type { RgbaImage } from '../../src/zian/image.js';
import { fakeEngine } from '../cli/fake-engine.js';
import { testFolder, zian } from '../cli/support.js';
import { writeRunModel } from '../support/model.js';
import { readRun } from '../support/runs.js';
import { syntheticImage } from '../support/synthetic-image.js';
import { landmarkOf, writePhotographs } from './support.js';

const folder = testFolder();
const at = (...names: string[]): string => join(folder, ...names);
const read = (...names: string[]): string => readFileSync(at(...names), 'utf8');
const model = at('model.safetensors');
const ADAPTER = process.env.ZIAN_TEST_ADAPTER || 'software';

const withoutTimes = (lines: string): unknown[] =>
  lines
    .trimEnd()
    .split('\n')
    .map((line) => ({ ...JSON.parse(line), milliseconds: undefined }));

describe('--batch', () => {
  const photographs = at('photographs');
  beforeAll(() => {
    writePhotographs(photographs, 12, [4, 11]);
    writeFileSync(at('fake.safetensors'), 'not read by a fake engine');
  });

  async function localize(args: readonly string[], failAt = Number.POSITIVE_INFINITY) {
    let done = 0;
    const { openEngine: open, calls } = fakeEngine({
      localize: (image: RgbaImage) => {
        if (done++ === failAt) throw deviceError('The GPU device was lost.');
        return landmarkOf(image);
      },
    });
    const run = await zian(['localize', photographs, '-m', at('fake.safetensors'), ...args], {
      openEngine: open,
    });
    return { ...run, calls };
  }

  it('takes images together, also where some are broken, and the last that are left', async () => {
    const one = await localize(['--csv', at('1.csv'), '--quiet']);
    expect(one.calls).toMatchObject({ batches: Array.from({ length: 10 }, () => 1), opened: [{ batch: 1 }] });
    for (const [size, batches] of [
      [2, [2, 2, 2, 2, 2]],
      [4, [4, 4, 2]],
      [7, [7, 3]],
      [64, [10]],
    ] as const) {
      const run = await localize(['--csv', at(`${size}.csv`), '--batch', String(size), '--quiet']);
      expect(run.calls).toMatchObject({ batches, opened: [{ batch: size }], closed: 1 });
      expect(run).toMatchObject({ code: 3, out: '', err: one.err });
      expect(read(`${size}.csv`)).toBe(read('1.csv'));
    }
  });

  it('prints the same objects in the same order', async () => {
    const one = await localize(['--json']);
    const four = await localize(['--json', '--batch', '4']);
    expect(withoutTimes(four.out)).toEqual(withoutTimes(one.out));
    expect(four.err).toBe(one.err);
  });

  it('goes on where a run of another size was stopped, with the same table', async () => {
    const stopped = await localize(['--csv', at('resumed.csv'), '--batch', '4'], 6);
    // The first four are kept; the second group failed as a whole, and the third was not begun.
    expect(stopped).toMatchObject({ code: 4, calls: { batches: [4, 4], closed: 1 } });
    const more = await localize(['--csv', at('resumed.csv'), '--batch', '3', '--quiet']);
    expect(more.calls.batches).toEqual([3, 3]);
    expect(read('resumed.csv')).toBe(read('1.csv'));
  });

  it.each(['0', '65', '2.5', '-1', 'many'])('refuses %s', async (size) => {
    const run = await localize(['--batch', size]);
    expect(run).toMatchObject({ code: 2, out: '', calls: { opened: [] } });
    expect(run.err).toMatch(/--batch[^\n]*It must be a whole number from 1 to 64\.\n$/);
  });
});

describe('--batch on a device', () => {
  beforeAll(async () => {
    const sink = memorySink();
    await writeRunModel(readRun('narrow'), sink);
    writeFileSync(model, sink.bytes());
    mkdirSync(at('images'));
    for (let i = 0; i < 5; i++)
      writeFileSync(at('images', `${i}.png`), encodePng(syntheticImage(90 + 31 * i, 150 - 9 * i, i)));
  });

  const digests = (name: string): string[] =>
    readdirSync(at(name)).map((file) =>
      createHash('sha256')
        .update(readFileSync(at(name, file)))
        .digest('hex'),
    );

  for (const task of ['fovea', 'scleral-spur'])
    it(`${task}: tables, objects and overlays are the same bytes for any size`, async () => {
      const run = async (size: string): Promise<string> => {
        const outputs = ['--csv', at(`${task}-${size}.csv`), '--overlays', at(`${task}-${size}`)];
        const args = ['--task', task, '--adapter', ADAPTER, '--batch', size, '--flip-test', '--quiet'];
        const go = (...more: string[]) =>
          zian(['localize', at('images'), '-m', model, ...args, ...more], { openEngine });
        expect(await go(...outputs)).toEqual({ code: 0, out: '', err: '' });
        const { code, out } = await go('--json', '--refine', 'quadratic');
        expect(code).toBe(0);
        return out;
      };
      const one = await run('1');
      const four = await run('4');
      expect(withoutTimes(four)).toEqual(withoutTimes(one));
      expect(read(`${task}-4.csv`)).toBe(read(`${task}-1.csv`));
      expect(digests(`${task}-4`)).toHaveLength(5);
      expect(digests(`${task}-4`)).toEqual(digests(`${task}-1`));
    });
});
