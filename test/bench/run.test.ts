import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { selectCases } from '../../bench/kernels.js';
import { benchModel } from '../../bench/model.js';
import { runBench } from '../../bench/run.js';
import { suites } from '../../src/kernels/suites.js';
import { bytesSource } from '../../src/weights/index.js';
import { bundled, runScript } from '../cli/bundle.js';
import { testDevice } from '../support/device.js';
import { readRun, runTensorsPath } from '../support/runs.js';
import { doublingSuite } from './doubling.js';

const ADAPTER = process.env.ZIAN_TEST_ADAPTER || 'software';
const folder = mkdtempSync(join(tmpdir(), 'zian-bench-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function bench(...args: readonly string[]): Promise<Outcome> {
  let out = '';
  let err = '';
  const code = await runBench(args, {
    streams: {
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
      terminal: undefined,
      outClosed: () => false,
    },
    debug: false,
    suites: [doublingSuite],
  });
  return { code, out, err };
}

const script = bundled('bench/main.ts');

describe('the bench of a kernel of one’s own', () => {
  it('measures the peaks, checks and times it, and plots it', async () => {
    const [json, svg] = [join(folder, 'own.json'), join(folder, 'own.svg')];
    const { code } = await bench(
      ...['--adapter', ADAPTER, '--quick', '--runs', '3', '--json', json, '--svg', svg],
      ...['--case', 'bench/examples/scale.mjs'],
    );
    expect(code).toBe(0);
    const { roofline, kernels, model } = JSON.parse(readFileSync(json, 'utf8'));
    expect(model).toBeNull();
    expect(roofline.gflops).toBeGreaterThan(0);
    expect(roofline.gbytes).toBeGreaterThan(0);
    for (const { variants } of roofline.cases)
      for (const result of variants) expect(result).not.toHaveProperty('wrong');
    expect(kernels).toHaveLength(1);
    expect(kernels[0]).toMatchObject({ kernel: 'scale', name: 'scale.mjs', cost: { flops: 131072 } });
    expect(readFileSync(svg, 'utf8')).toContain('<title>scale: scale.mjs (scale.wgsl): ');
  });

  it.each([
    ['export default 3;', 'must export an object by default'],
    ["export default { name: 'k' };", "'shader' must be the path of a WGSL file"],
    ['export default {', 'cannot be read: '],
    [
      "export default { name: 'k', shader: 'none.wgsl', inputs: { x: { shape: [4] } }, outputs: { y: { shape: [4] } }, workgroups: [1, 1, 1], flops: 1, tolerance: { absolute: 0, relative: 0 }, reference: () => ({}) };",
      'none.wgsl cannot be read',
    ],
    ["export default { name: 'k', shader: 'a', inputs: { x: { shape: [-4] } } };", "'inputs' must be"],
  ])('refuses %s', async (text, message) => {
    const path = join(folder, `${message.length}-${text.length}.mjs`);
    writeFileSync(path, text);
    // As a process: the test runner has an importer of its own.
    const { code, err } = await runScript(script(), ['--case', path]);
    expect(code).toBe(3);
    expect(err).toContain(message);
  });
});

describe('the bench of a kernel', () => {
  it('times right variants, says what is wrong with the others, and exits with 1', async () => {
    const json = join(folder, 'doubling.json');
    const markdown = join(folder, 'doubling.md');
    const { code, out } = await bench(
      ...['--adapter', ADAPTER, '--kernels', '--quick', '--no-roofline', '--runs', '3'],
      ...['--json', json, '--markdown', markdown],
    );
    expect(code).toBe(1);
    const report = JSON.parse(readFileSync(json, 'utf8'));
    expect(report.kernels).toHaveLength(1);
    const [right, imprecise, overflowing, misspelt, alsoRight, ...more] = report.kernels[0].variants;
    expect(more).toEqual([]);
    for (const timed of [right, alsoRight]) {
      expect(timed.wall.samples).toBe(3);
      const { median } = timed.gpu ?? timed.wall;
      expect(median).toBeGreaterThan(0);
      expect(timed.repeats).toBeGreaterThan(1);
      expect(timed.gflops).toBeCloseTo(256 / median / 1e6, 9);
      expect(timed.gbytes).toBeCloseTo(2048 / median / 1e6, 9);
    }
    expect(imprecise.wrong).toMatch(/^y: element \d+ of \[64,4\]: got /);
    expect(overflowing.wrong).toContain('wrote outside');
    expect(misspelt.wrong).toContain('does not compile');
    expect(misspelt.wall).toBeUndefined();
    expect(report.environment).toMatchObject({ node: process.version, adapter: { backend: 'vulkan' } });
    expect(out.match(/WRONG$/gm)).toHaveLength(3);
    expect(out).toContain(`doubling, rows of four, overflowing: `);
    expect(readFileSync(markdown, 'utf8')).toContain('| doubling | rows of four | imprecise | WRONG |');
  });

  it.each([
    ['an unknown option', ['--unheard-of'], 'unknown option'],
    ['a word too many', ['model'], 'too many arguments'],
    ['a filter that fits nothing', ['--kernels', 'conv9'], "'conv9'; there are cases of doubling"],
    ['cases that are not for the bench', ['--kernels', 'not for'], 'there are cases of doubling'],
    ['no runs', ['--runs', '0'], '--runs 0: expected a whole number from 1 to 1000'],
    ['runs that are no number', ['--runs', '1e2'], '--runs 1e2'],
    ['a folder that is not there', ['--json', join(folder, 'no', 'x.json')], 'its folder does not exist'],
    ['an adapter that is not there', ['--adapter', 'no such'], "No adapter's name contains 'no such'"],
  ])('refuses %s', async (_, args, message) => {
    const { code, out, err } = await bench(...args);
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(out).toBe('');
  });

  it('finds cases by kernel and by name, in either case of letters', () => {
    const names = selectCases(suites, 'CONV2D 32').map(({ suite, record }) => [
      suite.kernel.name,
      record.name,
    ]);
    expect(names).toEqual([['conv2d', '32 → 32, 64×64']]);
    expect(selectCases(suites).every(({ record }) => record.bench)).toBe(true);
  });
});

describe('the bench of a model', () => {
  const notes: string[] = [];
  const options = { run: readRun('coarse-only'), runs: 3, note: (line: string) => notes.push(line) };
  const recorded = (name: string) => {
    const path = runTensorsPath(name);
    return bytesSource(path, readFileSync(path));
  };

  it('checks it against PyTorch and times its stages', async () => {
    const device = await testDevice();
    const result = await benchModel(device, { ...options, tensors: recorded('coarse-only') });
    expect(result.check.wrong).toEqual([]);
    expect(result.check.heatmaps).toEqual([
      { heatmap: 'heatmap_ds', maxError: expect.any(Number), compared: expect.any(Number) },
    ]);
    expect(result.check.heatmaps[0]?.compared).toBeGreaterThan(1000);
    expect(result.queue).toEqual({ submits: 1, writes: 5 });
    expect(result.memory.weights).toBeGreaterThan(1e5);
    expect(result.times?.warm.network.samples).toBe(3);
    const profile = result.times?.profile;
    if (!profile) throw new Error('SwiftShader and lavapipe have timestamps');
    expect(profile.stages.map(({ name }) => name)).toEqual([
      'preprocess',
      'input_ds',
      'hrnet',
      'coarse head',
      'peaks',
    ]);
    const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
    for (const groups of [profile.stages, profile.kernels]) {
      expect(sum(groups.map(({ dispatches }) => dispatches))).toBe(result.dispatches);
      for (const { milliseconds } of groups) expect(milliseconds.median).toBeGreaterThan(0);
    }
    const conv = profile.kernels.find(({ name }) => name === 'conv2d');
    expect(conv?.gflops).toBeGreaterThan(0);
  });

  it('does not time one whose results are wrong', async () => {
    const { run } = options;
    const [x, y] = run.predictions.lr.crop_xy;
    const lr = { ...run.predictions.lr, crop_xy: [x + 1, y] as const };
    const changed = { ...run, predictions: { ...run.predictions, lr } };
    // Another model's heat maps, of the same size.
    const tensors = recorded('coarse-constant');
    const result = await benchModel(await testDevice(), { ...options, run: changed, tensors });
    expect(result.times).toBeNull();
    expect(result.check.wrong).toEqual([
      expect.stringMatching(/^heatmap_ds is [\d.]+ from PyTorch's, allowed 0.0001$/),
      `the landmark is (${x}, ${y}) instead of (${x + 1}, ${y})`,
    ]);
  });
});

describe('the bench as a program', () => {
  it('measures a kernel and a small model', async () => {
    const args = ['--adapter', ADAPTER, '--kernels', 'argmax', '--tiny', '--quick', '--runs', '2'];
    const { code, out, err } = await runScript(script(), args);
    expect({ code, err }).toMatchObject({ code: 0 });
    expect(out).toMatch(/^argmax +a heat map 1×1×256×256 +plain +\d/m);
    expect(out).toContain('Model narrow, ');
    expect(out).toMatch(/^squeeze +\d+ +\d/m);
    expect(out).toMatch(/1 submit and 5 writes per image/);
  });
});
