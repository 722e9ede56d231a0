import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { deviceError } from '../../src/errors.js';
import { decodeImage } from '../../src/node/images/decode.js';
import { bytesSource, openSafetensors } from '../../src/weights/index.js';
import { header, png, zeros } from '../images/png-builder.js';
import { fakeEngine, middleOf } from './fake-engine.js';
import { testFolder, writeImage, zian } from './support.js';

const folder = testFolder();
const at = (...names: string[]): string => join(folder, ...names);
const good = at('good.png');
const other = at('other.png');
const model = at('model.safetensors');

beforeAll(() => {
  writeImage(good, 60, 50, 1);
  writeImage(other, 40, 80, 2);
  writeFileSync(model, 'not read by a fake engine');
  writeFileSync(at('page.png'), '<html>Please log in</html>');
  writeFileSync(at('huge.png'), png(header(20_000, 20_000), zeros(1000)));
  writeFileSync(at('cut.png'), readFileSync(good).subarray(0, 900));
  mkdirSync(at('folder'));
});

describe('zian localize', () => {
  it('prints a line per image, and loads the model once', async () => {
    const { openEngine, calls } = fakeEngine();
    const args = ['localize', good, other, '-m', model, '--adapter', 'software', '--dtype', 'f16'];
    const run = await zian(args, { openEngine });
    expect(run).toMatchObject({ code: 0, err: '' });
    const lines = run.out.split('\n');
    expect(lines[0]).toMatch(
      /good\.png: landmark \(30\.00, 25\.00\), coarse \(27\.00, 29\.00\), peak 0\.8750, margin 0\.0625, \d+\.\d\d s$/,
    );
    expect(lines[1]).toContain('other.png: landmark (20.00, 40.00)');
    expect(lines.slice(2)).toEqual(['']);
    expect(calls.opened).toMatchObject([{ model, adapter: 'software', dtype: 'f16' }]);
    expect(calls).toMatchObject({
      closed: 1,
      localized: [
        { width: 60, height: 50 },
        { width: 40, height: 80 },
      ],
    });
  });

  it('prints exactly the documented object with --json, and nothing else', async () => {
    const { openEngine, calls } = fakeEngine();
    const run = await zian(['localize', good, '-m', model, '--json', '--flip-test'], { openEngine });
    expect(run.err).toBe('');
    const { milliseconds, ...rest } = JSON.parse(run.out);
    expect(JSON.stringify(rest)).toBe(
      JSON.stringify({
        image: good,
        width: 60,
        height: 50,
        landmark: { x: 30, y: 25 },
        coarse: { x: 27, y: 29 },
        network: {
          coarse: { x: 12, y: 14 },
          roiCenter: { x: 48, y: 56 },
          fine: { x: 30, y: 20 },
          landmark: { x: 62, y: 60 },
        },
        peak: { coarse: 0.75, fine: 0.875 },
        margin: { coarse: 0.125, fine: 0.0625 },
        adapter: 'Fake adapter',
      }),
    );
    expect(Object.keys(milliseconds)).toEqual(['decode', 'preprocess', 'network', 'total']);
    expect(milliseconds).toMatchObject({ preprocess: 1.5, network: 20.25 });
    expect(milliseconds.decode).toBeGreaterThan(0);
    expect(milliseconds.total).toBeGreaterThanOrEqual(milliseconds.decode);
    expect(calls.localized).toEqual([{ width: 60, height: 50, flipTest: true }]);
  });

  it('leaves the flip test to the model unless told otherwise', async () => {
    const { openEngine, calls } = fakeEngine();
    for (const options of [[], ['--flip-test'], ['--no-flip-test']])
      await zian(['localize', good, '-m', model, ...options], { openEngine });
    expect(calls.localized.map(({ flipTest }) => flipTest)).toEqual([undefined, true, false]);
  });

  it('does the good images when others are bad, and says so by the exit code', async () => {
    const { openEngine } = fakeEngine();
    const bad = [at('page.png'), at('cut.png'), at('huge.png'), at('none.png')];
    const run = await zian(['localize', ...bad, good, '-m', model, '--json'], { openEngine });
    expect(run.code).toBe(3);
    expect(
      run.out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).image),
    ).toEqual([good]);
    const errors = run.err.trim().split('\n');
    expect(errors).toHaveLength(4);
    for (const [i, path] of bad.entries()) expect(errors[i]?.startsWith(`error: ${path}`)).toBe(true);
    expect(errors[0]).toContain('HTML');
    expect(errors[2]).toContain('400.0 megapixels');
    expect(run.err).not.toMatch(/^\s+at /m);
  });

  it('does not load a model when no image can be used', async () => {
    const { openEngine, calls } = fakeEngine();
    expect((await zian(['localize', at('page.png'), '-m', model], { openEngine })).code).toBe(3);
    expect(calls.opened).toEqual([]);
  });

  it.each([
    [Number.NaN, 1],
    [1, Number.NaN],
    [1, Number.POSITIVE_INFINITY],
  ])('reports a heat map that is not finite (%s, %s) and goes on', async (coarse, fine) => {
    const { openEngine } = fakeEngine({
      localize: (image) => ({
        ...middleOf(image),
        ...(image.width === 60 ? { peak: { coarse, fine } } : {}),
      }),
    });
    const overlays = at(`overlays-${coarse}-${fine}`);
    const run = await zian(['localize', good, other, '-m', model, '-o', overlays, '--json'], { openEngine });
    expect(run.code).toBe(3);
    expect(run.err).toMatch(/^error: .*good\.png: the (coarse|fine) heat map is not finite[^\n]*\n$/);
    expect(
      run.out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).image),
    ).toEqual([other]);
    expect(readdirSync(overlays)).toEqual(['other.overlay.png']);
  });

  it('stops at once when the device fails', async () => {
    const { openEngine, calls } = fakeEngine({
      localize: () => {
        throw deviceError('The GPU device was lost.');
      },
    });
    const run = await zian(['localize', good, other, '-m', model], { openEngine });
    expect(run).toEqual({ code: 4, out: '', err: 'error: The GPU device was lost.\n' });
    expect(calls).toMatchObject({ closed: 1, localized: [{ width: 60 }] });
  });

  it('stops when nobody reads the results any more', async () => {
    const { openEngine, calls } = fakeEngine();
    const streams = { outClosed: () => calls.localized.length > 0 };
    expect((await zian(['localize', good, other, '-m', model], { openEngine, streams })).code).toBe(0);
    expect(calls.localized).toHaveLength(1);
  });

  it.each([
    [[], 'fovea'],
    [['--task', 'scleral-spur'], 'scleral-spur'],
  ])('takes the bundled model of the task: %j', async (args, name) => {
    const { openEngine, calls } = fakeEngine();
    expect((await zian(['localize', good, ...args], { openEngine })).code).toBe(0);
    const [options] = calls.opened;
    expect(options?.model).toBe(join(process.cwd(), 'models', `${name}.safetensors`));
  });

  it('says what the model says of itself, on one line of stderr', async () => {
    const { openEngine } = fakeEngine({ notice: 'for demonstration\nonly\u001b[2J' });
    const run = await zian(['localize', good, '-m', model], { openEngine });
    expect(run.err).toMatch(/^model\.safetensors: for demonstration[^\n]*only[^\n]*\n$/);
    expect(run.err).not.toContain('\u001b');
    expect((await zian(['localize', good, '-m', model, '--quiet'], { openEngine })).err).toBe('');
  });
});

describe('AS-OCT scans', () => {
  const scan = at('scan.png');
  // 70 columns are cropped to 68: halves of 34.
  beforeAll(() => writeImage(scan, 70, 30, 4));
  const args = ['localize', scan, '--task', 'scleral-spur', '-m', model];

  it('are cut into halves, with both landmarks in pixels of the scan', async () => {
    const { openEngine, calls } = fakeEngine();
    const run = await zian([...args, '--json'], { openEngine });
    expect(run).toMatchObject({ code: 0, err: '' });
    expect(calls.localized).toEqual([
      { width: 34, height: 30 },
      { width: 34, height: 30 },
    ]);
    expect(JSON.parse(run.out)).toMatchObject({
      image: scan,
      width: 70,
      height: 30,
      left: { landmark: { x: 17, y: 15 }, coarse: { x: 14, y: 19 }, network: { landmark: { x: 62, y: 60 } } },
      right: {
        landmark: { x: 51, y: 15 },
        coarse: { x: 48, y: 19 },
        network: { landmark: { x: 62, y: 60 } },
        peak: { coarse: 0.75, fine: 0.875 },
        margin: { coarse: 0.125, fine: 0.0625 },
      },
      adapter: 'Fake adapter',
      milliseconds: { preprocess: 3, network: 40.5 },
    });
    const line = await zian(args, { openEngine });
    expect(line.out).toMatch(/scan\.png: left \(17\.00, 15\.00\), .*; right \(51\.00, 15\.00\), .* s\n$/);
  });

  it('are drawn whole', async () => {
    const { openEngine } = fakeEngine();
    const path = at('scan-overlay.png');
    expect((await zian([...args, '-o', path], { openEngine })).code).toBe(0);
    const { width, height } = await decodeImage(new Uint8Array(readFileSync(path)), path);
    expect(width).toBe(512);
    expect(height).toBeGreaterThan(Math.round((512 * 30) / 70));
  });

  it('are refused where they are too narrow, and for --dump', async () => {
    const { openEngine, calls } = fakeEngine();
    writeImage(at('narrow.png'), 3, 30, 5);
    const narrow = await zian(['localize', at('narrow.png'), ...args.slice(2)], { openEngine });
    expect(narrow.code).toBe(3);
    expect(narrow.err).toMatch(/^error: .*narrow\.png is 3 pixels wide[^\n]*\n$/);
    const dump = await zian([...args, '--dump', at('scan.safetensors')], { openEngine });
    expect(dump).toMatchObject({ code: 2, out: '' });
    expect(dump.err).toMatch(/^error: --dump writes the stages of one image/);
    expect(calls.localized).toEqual([]);
  });
});

describe('overlays', () => {
  it('go to the file that is named', async () => {
    const { openEngine } = fakeEngine();
    const path = at('shown.png');
    expect((await zian(['localize', good, '-m', model, '-o', path], { openEngine })).code).toBe(0);
    const overlay = await decodeImage(new Uint8Array(readFileSync(path)), path);
    expect(overlay.width).toBeGreaterThanOrEqual(420);
    expect(overlay.height).toBeGreaterThan(overlay.width / 2);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('go to a folder, made if need be, each under its own name', async () => {
    mkdirSync(at('sub'), { recursive: true });
    writeImage(at('sub', 'good.png'), 33, 44, 3);
    writeImage(at('sub', 'Good.jpg.png'), 33, 44, 3);
    // The first is named twice, and done once.
    const images = [good, at('sub', 'good.png'), other, at('sub', 'Good.jpg.png'), good];
    const output = at('new', 'folder');
    const { openEngine } = fakeEngine();
    expect((await zian(['localize', ...images, '-m', model, '-o', output], { openEngine })).code).toBe(0);
    expect(readdirSync(output).sort()).toEqual(
      ['good.overlay.png', 'good-2.overlay.png', 'other.overlay.png', 'Good.jpg.overlay.png'].sort(),
    );
    const one = at('existing');
    mkdirSync(one);
    expect((await zian(['localize', good, '-m', model, '-o', one], { openEngine })).code).toBe(0);
    expect(readdirSync(one)).toEqual(['good.overlay.png']);
  });

  it('differ when the heat maps do', async () => {
    const heat = (peak: number) => ({
      coarse: {
        data: Float32Array.from({ length: 64 }, (_, i) => (i === peak ? 1 : 0)),
        width: 8,
        height: 8,
        x0: 0,
        y0: 0,
        x1: 60,
        y1: 50,
      },
    });
    const drawn: Buffer[] = [];
    for (const peak of [9, 54]) {
      const path = at(`heat-${peak}.png`);
      const { openEngine } = fakeEngine({ heatmaps: heat(peak) });
      expect((await zian(['localize', good, '-m', model, '-o', path], { openEngine })).code).toBe(0);
      drawn.push(readFileSync(path));
    }
    expect(drawn[0]?.equals(drawn[1] ?? Buffer.alloc(0))).toBe(false);
  });

  it('are refused where they cannot be, before anything is computed', async () => {
    const { openEngine, calls } = fakeEngine();
    symlinkSync(good, at('link.png'));
    const cases: [string[], RegExp][] = [
      [[good, other, '-o', at('one.png')], /-o .*one\.png is one file, but there are 2 images/],
      [[good, other, '-o', model], /is one file, but there are 2 images/],
      [[good, '-o', good], /good\.png is also an input/],
      [[good, '-o', at('link.png')], /is also an input/],
      [[good, '-o', model], /is also an input/],
      [[good, '-o', at('x.png'), '--dump', at('x.png')], /already the name of another output/],
      [[good, '--dump', good], /is also an input/],
      [[good, other, '--dump', at('stages.safetensors')], /--dump takes one image/],
      [[good, other, '-o', at('good.png', 'below')], /cannot be made/],
    ];
    for (const [args, message] of cases) {
      const run = await zian(['localize', ...args, '-m', model], { openEngine });
      expect(run).toMatchObject({ code: 2, out: '' });
      expect(run.err).toMatch(message);
      expect(run.err).toMatch(/^error: [^\n]+\n$/);
    }
    expect(calls.opened).toEqual([]);
    expect(existsSync(at('one.png'))).toBe(false);
  });

  it('that cannot be written end the run with one line', async () => {
    const { openEngine } = fakeEngine();
    const run = await zian(['localize', good, '-m', model, '-o', at('no', 'where.png')], { openEngine });
    expect(run.code).toBe(2);
    expect(run.err).toMatch(/^error: .*where\.png cannot be written: its folder does not exist\.\n$/);
  });
});

describe('--dump', () => {
  it('writes every stage in its shape', async () => {
    const stages = new Map([
      ['input', { shape: [1, 3, 2, 2], data: Float32Array.from({ length: 12 }, (_, i) => i / 8) }],
      ['hrnet.stage2[0]', { shape: [2], data: new Float32Array(4).fill(3).subarray(1, 3) }],
    ]);
    const { openEngine } = fakeEngine({ stages: () => stages });
    const path = at('stages.safetensors');
    expect((await zian(['localize', good, '-m', model, '--dump', path], { openEngine })).code).toBe(0);
    const file = await openSafetensors(bytesSource(path, new Uint8Array(readFileSync(path))));
    expect([...file.tensors.values()].map(({ name, dtype, shape }) => [name, dtype, shape])).toEqual([
      ['input', 'F32', [1, 3, 2, 2]],
      ['hrnet.stage2[0]', 'F32', [2]],
    ]);
    expect(await file.readFloat32('input')).toEqual(stages.get('input')?.data);
    expect([...(await file.readFloat32('hrnet.stage2[0]'))]).toEqual([3, 3]);
    expect(file.metadata).toMatchObject({ image: 'good.png', adapter: 'Fake adapter' });
  });

  it('leaves nothing behind when the network fails', async () => {
    const { openEngine } = fakeEngine({
      stages: () => {
        throw deviceError('The GPU device was lost.');
      },
    });
    const before = readdirSync(folder);
    const run = await zian(['localize', good, '-m', model, '--dump', at('half.safetensors')], { openEngine });
    expect(run.code).toBe(4);
    expect(readdirSync(folder)).toEqual(before);
  });
});
