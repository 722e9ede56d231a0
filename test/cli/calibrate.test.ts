import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseCalibration } from '../../src/zian/calibration.js';
import { fakeEngine, middleOf } from './fake-engine.js';
import { testFolder, writeImage, zian } from './support.js';

const folder = testFolder();
const at = (name: string): string => join(folder, name);
const { openEngine } = fakeEngine();

/** A result as `zian localize` writes it; a high peak is a right one. */
const line = (i: number): string => {
  const good = i % 4 !== 0;
  const peak = (good ? 0.6 : 0.4) + ((i * 37) % 100) / 200;
  const { network, margin } = middleOf({ width: 100, height: 80, data: new Uint8Array() });
  return JSON.stringify({
    ...{ image: `${i}.png`, width: 100, height: 80, coarse: { x: 1, y: 1 } },
    ...{ landmark: { x: good ? 50 : 60, y: 40 }, network, margin, peak: { coarse: 0.5, fine: peak } },
  });
};

const table = (count: number): string =>
  `ImageName,Fovea_X,Fovea_Y\n${Array.from({ length: count }, (_, i) => `${i}.png,51,41\n`).join('')}`;

beforeAll(() => {
  writeImage(at('a.png'), 60, 50, 1);
  writeFileSync(at('model.safetensors'), 'not read by a fake engine');
  writeFileSync(at('p.jsonl'), Array.from({ length: 100 }, (_, i) => `${line(i)}\n`).join(''));
  writeFileSync(at('t.csv'), table(100));
});

const calibrate = (...more: string[]) =>
  zian([
    'calibrate',
    at('p.jsonl'),
    at('t.csv'),
    '-m',
    at('model.safetensors'),
    '-o',
    at('model.calibration.json'),
    ...more,
  ]);
const localize = (...more: string[]) =>
  zian(['localize', at('a.png'), '-m', at('model.safetensors'), '--json', ...more], { openEngine });

describe('zian calibrate', () => {
  it('writes a calibration of the model, and how good it is', async () => {
    const { code, out, err } = await calibrate('--plot', at('fit.svg'));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^100 landmarks, by cross-validation: 75\.0 % are within 2\.5 % of the width\n/);
    expect(out).toMatch(/the most confident 50 %: mean error [\d.]+ %, \d+\.\d % within/);
    const found = parseCalibration(readFileSync(at('model.calibration.json'), 'utf8'), 'x');
    expect(found).toMatchObject({ limit: 0.025, landmarks: 100 });
    const bytes = readFileSync(at('model.safetensors'));
    expect(found.model).toBe(createHash('sha256').update(bytes).digest('hex'));
    const svg = readFileSync(at('fit.svg'), 'utf8');
    expect(svg).toContain('<svg xmlns="http://www.w3.org/2000/svg"');
    expect(svg).toContain('prefers-color-scheme: dark');
    expect(svg).not.toContain('NaN');
  });

  it('judges by held-out predictions, as JSON', async () => {
    const { code, out } = await calibrate('--json', '--held-out', at('p.jsonl'), at('t.csv'));
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ on: 'held-out', count: 100, right: 0.75 });
  });

  it('refuses what it cannot fit', async () => {
    writeFileSync(at('few.csv'), table(20));
    const few = await zian([
      'calibrate',
      at('p.jsonl'),
      at('few.csv'),
      '-m',
      at('model.safetensors'),
      '-o',
      at('x.json'),
    ]);
    expect(few).toMatchObject({
      code: 3,
      err: expect.stringContaining('has 20 landmarks, 15 of them right'),
    });
    expect(await calibrate('--held-out', at('p.jsonl'))).toMatchObject({
      code: 2,
      err: expect.stringContaining('two files'),
    });
    const plain = await zian([
      'calibrate',
      at('t.csv'),
      at('t.csv'),
      '-m',
      at('model.safetensors'),
      '-o',
      at('x.json'),
    ]);
    expect(plain.code).toBe(3);
  });
});

describe('zian localize with a calibration', () => {
  it('gives a confidence by the calibration beside the model, or by none', async () => {
    await calibrate();
    const { code, out, err } = await localize();
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const { confidence } = JSON.parse(out);
    expect(confidence).toBeGreaterThan(0.9);
    expect(confidence).toBeLessThan(1);
    const text = await zian(['localize', at('a.png'), '-m', at('model.safetensors')], { openEngine });
    expect(text.out).toMatch(new RegExp(`, confidence ${Math.round(100 * confidence)} %, `));
    expect(JSON.parse((await localize('--no-calibration')).out)).not.toHaveProperty('confidence');
  });

  it('gives one for each half of a scan', async () => {
    const { out } = await localize('--task', 'scleral-spur');
    const { left, right } = JSON.parse(out);
    expect(left.confidence).toBeGreaterThan(0.9);
    expect(right.confidence).toBe(left.confidence);
  });

  it('gives none by another model’s, and says so; a named one is refused', async () => {
    await calibrate();
    writeFileSync(at('other.safetensors'), 'another model');
    writeFileSync(at('other.calibration.json'), readFileSync(at('model.calibration.json')));
    const beside = await zian(['localize', at('a.png'), '-m', at('other.safetensors'), '--json'], {
      openEngine,
    });
    expect(beside.code).toBe(0);
    expect(beside.err).toContain(
      'other.calibration.json was fitted for another model, so no confidence is given',
    );
    expect(JSON.parse(beside.out)).not.toHaveProperty('confidence');
    const named = await zian(
      ['localize', at('a.png'), '-m', at('other.safetensors'), '--calibration', at('model.calibration.json')],
      { openEngine },
    );
    expect(named).toMatchObject({ code: 2, err: expect.stringContaining('fitted for another model') });
    writeFileSync(at('other.calibration.json'), '{}');
    expect(
      await zian(['localize', at('a.png'), '-m', at('other.safetensors')], { openEngine }),
    ).toMatchObject({
      code: 3,
      err: expect.stringContaining('is no calibration'),
    });
  });

  it('is part of what a journal’s results depend on, as is --refine', async () => {
    const csv = at('table.jsonl');
    const run = (...more: string[]) => localize('--csv', csv, '--format', 'jsonl', ...more);
    expect((await run()).code).toBe(0);
    expect(await run('--no-calibration')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--calibration'),
    });
    expect(await run('--refine', 'gaussian')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--refine (none, now gaussian)'),
    });
    expect(JSON.parse(readFileSync(csv, 'utf8')).confidence).toBeGreaterThan(0.9);
  });
});

describe('the bundled calibrations', () => {
  it.each(['fovea', 'scleral-spur'])('%s: belongs to the bundled model', (task) => {
    const found = parseCalibration(readFileSync(`models/${task}.calibration.json`, 'utf8'), task);
    const model = createHash('sha256')
      .update(readFileSync(`models/${task}.safetensors`))
      .digest('hex');
    // After a model has been trained again: tools/demo-model/calibrate.sh.
    expect(found.model).toBe(model);
  });
});
