import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Localization, Stage } from '../../src/cli/engine.js';
import { inputError } from '../../src/errors.js';
import { memorySink, writeSafetensors } from '../../src/weights/index.js';
import { PRESETS, type ZianConfig } from '../../src/zian/config.js';
import { type FakeBehaviour, fakeEngine, middleOf } from './fake-engine.js';
import { testFolder, writeImage, zian } from './support.js';

const folder = testFolder();
const at = (name: string): string => join(folder, name);
const image = at('image.png');
const reference = at('reference.safetensors');
const args = ['verify', at('model.safetensors'), reference, '--image', image];

beforeAll(() => writeImage(image, 272, 204, 1));

/** 32x32 heat maps in a crop of 128x128; the image of 272x204 is twice and 1.5 times as large. */
const config: ZianConfig = {
  ...PRESETS.refuge,
  imageSize: [136, 136],
  cropSize: [128, 128],
  dsFactor: 4,
  regionRadius: 16,
};

const map = (peak: number, size = 32): Stage => ({
  shape: [1, 1, size, size],
  data: Float32Array.from({ length: size * size }, (_, i) => (i === peak ? 2 : Math.sin(i) / 2)),
});

const stagesOf = (mirror: boolean): Map<string, Stage> =>
  new Map([
    ['input', { shape: [1, 3, 4, 5], data: Float32Array.from({ length: 60 }, (_, i) => Math.cos(i)) }],
    ['roi_center', { shape: [1, 2], data: Float32Array.of(12, 8) }],
    ['hrnet', { shape: [1, 2, 2, 2], data: Float32Array.of(1, -2, 3, -4, 5, -60, 7, 8) }],
    ['heatmap_ds', map(mirror ? 92 : 67)],
    ['heatmap_roi', map(mirror ? 401 : 400)],
  ]);

/** What the heat maps above imply: (3, 2) · 4, then (16, 12) + centre − 16. */
const localized = ({ flipTest = false } = {}): Localization => ({
  ...middleOf({ width: 272, height: 204, data: new Uint8Array(0) }),
  network: {
    coarse: { x: 3, y: 2 },
    roiCenter: { x: 12, y: 8 },
    fine: { x: 16, y: 12 },
    landmark: { x: 12, y: 4 },
  },
  // Mirrored: centre (112, 8), landmark (113, 4); back: (16, 8) and (15, 4).
  coarse: flipTest ? { x: (14 + 4) * 2, y: 12 * 1.5 } : { x: 16 * 2, y: 12 * 1.5 },
  landmark: flipTest ? { x: (13.5 + 4) * 2, y: 8 * 1.5 } : { x: 16 * 2, y: 8 * 1.5 },
});

const heatmap = ({ data, shape }: Stage) => ({
  data,
  width: shape[3] ?? 0,
  height: shape[2] ?? 0,
  x0: 0,
  y0: 0,
  x1: 272,
  y1: 204,
});

const behaviour: FakeBehaviour = {
  config,
  stages: stagesOf,
  localize: (_, options) => localized(options),
  heatmaps: { coarse: heatmap(map(67)), fine: heatmap(map(400)) },
};

async function writeReference(
  tensors: Readonly<Record<string, Pick<Stage, 'shape' | 'data'>>>,
): Promise<void> {
  const sink = memorySink();
  const entries = Object.entries(tensors).map(([name, { shape, data }]) => ({
    name,
    dtype: 'F32' as const,
    shape,
    bytes: () => new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  }));
  await writeSafetensors(sink, entries);
  writeFileSync(reference, sink.bytes());
}

const get = (name: string, mirror = false): Stage => {
  const stage = stagesOf(mirror).get(name);
  if (stage === undefined) throw new Error(`no stage ${name}`);
  return stage;
};

const changed = (stage: Stage, index: number, by: number): Stage => {
  const data = stage.data.slice();
  data[index] = (data[index] ?? 0) + by;
  return { ...stage, data };
};

const sampled = ({ data }: Stage, every: number): Stage => {
  const kept = data.filter((_, i) => i % every === 0);
  return { data: kept, shape: [kept.length] };
};

const whole = () => ({
  input: get('input'),
  roi_center: get('roi_center'),
  hrnet__every3: sampled(get('hrnet'), 3),
  heatmap_ds: get('heatmap_ds'),
  heatmap_roi: get('heatmap_roi'),
  'flipped.heatmap_ds': get('heatmap_ds', true),
  'flipped.heatmap_roi': get('heatmap_roi', true),
});

const verify = async (options: { args?: readonly string[]; behaviour?: FakeBehaviour } = {}) => {
  const { openEngine, calls } = fakeEngine(options.behaviour ?? behaviour);
  return { ...(await zian([...args, ...(options.args ?? [])], { openEngine })), calls };
};

describe('zian verify', () => {
  it('passes where all is within tolerance, and compares points with and without the flip test', async () => {
    await writeReference(whole());
    const run = await verify();
    expect(run).toMatchObject({ code: 0, err: '' });
    expect(run.out).toMatch(
      /PASS: 9 of 9 stages within their tolerance, 8 of 8 points agree \(f32, Fake adapter\)\.\n$/,
    );
    expect(run.out).toMatch(/^hrnet +1x2x2x2 +1\/3 +0 +0 +7\.00 +1\.6e-4 +ok$/m);
    expect(run.out).toMatch(/^localize: heatmap_roi +1x1x32x32 +all /m);
    expect(run.out).toMatch(/^landmark, flip test +image +\(35, 12\) +\(35, 12\) +0\.00 +ok$/m);
    expect(run.calls.mirrors).toEqual([false, true]);
  });

  it('does not run the mirrored image where the reference has none', async () => {
    await writeReference({ heatmap_ds: get('heatmap_ds') });
    expect((await verify()).calls.mirrors).toEqual([false]);
  });

  it.each([
    ['input', 7, 1e-5, /^input .*FAIL$/m],
    ['hrnet__every3', 2, 0.01, /^hrnet .*FAIL$/m],
    ['heatmap_roi', 9, 2e-4, /^heatmap_roi .*FAIL$/m],
    ['heatmap_ds', 9, 2e-4, /^localize: heatmap_ds .*FAIL$/m],
    ['flipped.heatmap_ds', 9, 2e-4, /^flipped\.heatmap_ds .*FAIL$/m],
    ['roi_center', 0, 4, /coarse peak differs/],
    ['input', 7, Number.NaN, /^input .*NaN.*FAIL$/m],
    ['input', 7, 0.5, /is this the image/],
  ] as const)('fails where %s is off', async (name, index, by, message) => {
    const tensors = whole();
    await writeReference({ ...tensors, [name]: changed(tensors[name], index, by) });
    const run = await verify();
    expect(run.code).toBe(1);
    expect(run.out).toMatch(message);
    expect(run.out).toMatch(/^FAIL: /m);
  });

  it('fails where the graph that localize runs is off, though the stages are not', async () => {
    await writeReference(whole());
    const coarse = heatmap(changed(map(67), 5, 3e-4));
    const run = await verify({
      behaviour: { ...behaviour, heatmaps: { coarse, fine: heatmap(map(400)) } },
    });
    expect(run.code).toBe(1);
    expect(run.out).toMatch(/^heatmap_ds .*ok$/m);
    expect(run.out).toMatch(/^localize: heatmap_ds .*FAIL$/m);
  });

  it('fails where a point is off by the last bit', async () => {
    await writeReference(whole());
    const off = (result: Localization): Localization => ({
      ...result,
      landmark: { ...result.landmark, x: result.landmark.x + 2 ** -19 },
    });
    const run = await verify({
      behaviour: { ...behaviour, localize: (_, options) => off(localized(options)) },
    });
    expect(run.code).toBe(1);
    expect(run.out.match(/FAIL$/gm)).toHaveLength(2);
    expect(run.out).toContain('6 of 8 points agree');
  });

  it('reports errors against float64 beside those of PyTorch', async () => {
    const tensors = whole();
    await writeReference({
      ...tensors,
      heatmap_ds: changed(tensors.heatmap_ds, 9, 2 ** -16),
      'float64.heatmap_ds': changed(tensors.heatmap_ds, 9, -(2 ** -16)),
      'float64_with_float32_grid.heatmap_roi__every9': sampled(changed(tensors.heatmap_roi, 18, 2 ** -15), 9),
      'float64.hrnet': get('hrnet'),
    });
    const run = await verify({ args: ['--json'] });
    const report = JSON.parse(run.out);
    expect(report).toMatchObject({ ok: true, adapter: 'Fake adapter', dtype: 'f32', notCompared: [] });
    const rows = new Map(
      report.accuracy.map((row: { graph: string; stage: string }) => [`${row.graph} ${row.stage}`, row]),
    );
    expect(rows.get('stages heatmap_ds')).toMatchObject({
      against: 'float64',
      model: 2 ** -16,
      pytorch: 2 ** -15,
    });
    expect(rows.get('localize heatmap_roi')).toMatchObject({
      against: 'float32-grid',
      model: 2 ** -15,
      pytorch: 2 ** -15,
    });
    expect(rows.get('stages hrnet')).toMatchObject({ model: 0, pytorch: 0 });
    expect((await verify()).out).toMatch(/^heatmap_ds +float64 +1\.5e-5 +3\.1e-5 +0\.50$/m);
  });

  it('lists what it could not compare, and fails only where that is everything', async () => {
    await writeReference({ ...whole(), hrnet_roi_2__every5: sampled(get('input'), 5) });
    const some = await verify();
    expect(some.code).toBe(0);
    expect(some.out).toContain('not compared (1): hrnet_roi_2__every5');
    await writeReference({ nothing: get('input') });
    const none = await verify();
    expect(none.code).toBe(1);
    expect(none.out).toContain('FAIL: the reference has no tensor that the model has.');
    expect(none.calls.closed).toBe(1);
  });

  it('has wider tolerances for half precision, in storage or arithmetic, and says so', async () => {
    const tensors = whole();
    await writeReference({ ...tensors, hrnet__every3: changed(tensors.hrnet__every3, 1, 0.05) });
    expect((await verify()).code).toBe(1);
    const arithmetic = await verify({ args: ['--dtype', 'f16'] });
    expect(arithmetic.code).toBe(0);
    expect(arithmetic.out).toContain('(f16, Fake adapter)');
    expect((await verify({ behaviour: { ...behaviour, dtype: 'f16' } })).code).toBe(0);
  });

  it('still tells stage by stage where there is no landmark', async () => {
    await writeReference(whole());
    const failing = (): Localization => {
      throw inputError('the coarse heat map holds NaN.');
    };
    const run = await verify({ behaviour: { ...behaviour, localize: failing } });
    expect(run).toMatchObject({ code: 1, err: '' });
    expect(run.out).toMatch(/^hrnet .*ok$/m);
    expect(run.out).toContain('No landmark: the coarse heat map holds NaN.');
    expect(run.out).toMatch(/^FAIL: 7 of 7 stages within their tolerance, 0 of 0 points agree/m);
  });

  it('refuses a reference of another model', async () => {
    await writeReference({ heatmap_ds: { shape: [1, 1, 8, 8], data: new Float32Array(64) } });
    const whole = await verify();
    expect(whole).toMatchObject({ code: 3, out: '' });
    expect(whole.err).toMatch(/^error: .*"heatmap_ds" has the shape \[1,1,8,8\].*\[1,1,32,32\][^\n]*\n$/);
    await writeReference({ hrnet__every4: sampled(get('hrnet'), 3) });
    expect((await verify()).err).toMatch(/every 4th is stored.*another model/);
  });

  it('names files that cannot be used', async () => {
    await writeReference(whole());
    const { openEngine, calls } = fakeEngine(behaviour);
    const page = at('page.html');
    writeFileSync(page, '<html></html>');
    const model = at('model.safetensors');
    for (const [arguments_, code, message] of [
      [['verify', model, at('none.safetensors'), '--image', image], 3, /does not exist/],
      [['verify', model, folder, '--image', image], 3, /is a folder/],
      [['verify', model, page, '--image', image], 3, /HTML/],
      [['verify', model, reference, '--image', page], 3, /HTML/],
      [['verify', model, reference], 2, /--image/],
      [['verify', model, '--image', image], 2, /reference/],
    ] as const) {
      const run = await zian(arguments_, { openEngine });
      expect(run).toMatchObject({ code, out: '' });
      expect(run.err).toMatch(message);
      expect(run.err).toMatch(/^error: [^\n]+\n$/);
    }
    expect(calls.opened).toEqual([]);
  });
});
