import { describe, expect, it } from 'vitest';
import { digits, markdownTable, textTable } from '../../bench/format.js';
import type { CaseResult } from '../../bench/kernels.js';
import type { ModelResult } from '../../bench/model.js';
import type { BenchReport } from '../../bench/report.js';
import { sections } from '../../bench/sections.js';
import { summarize } from '../../bench/statistics.js';
import { reportMarkdown, sectionText } from '../../bench/write.js';

const TIME = summarize([1, 2, 3]);
const KERNEL: CaseResult = {
  kernel: 'copy',
  name: 'a|b',
  cost: { flops: 0, bytes: 1e6 },
  variants: [
    { variant: 'plain', repeats: 8, gpu: TIME, wall: summarize([4]), gflops: 0, gbytes: 0.5 },
    { variant: 'tiled', wrong: 'y: element 3 of [4]: got 1, want 2' },
  ],
};
const GROUP = { name: 'hrnet', dispatches: 2, milliseconds: TIME, gflops: 3, gbytes: 0.25 };
const MODEL: ModelResult = {
  run: 'full-refuge',
  image: [640, 700],
  crop: [1024, 1024],
  check: { heatmaps: [{ heatmap: 'heatmap_ds', maxError: 1.26e-5, compared: 100 }], wrong: [] },
  dispatches: 600,
  queue: { submits: 1, writes: 5 },
  memory: { weights: 3 * 2 ** 20, activations: 2 ** 20, inputsAndOutputs: 2 ** 19 },
  loadMilliseconds: 1234.5,
  reloadMilliseconds: 234.5,
  times: {
    first: 900,
    warm: { preprocess: TIME, network: TIME },
    profile: { milliseconds: summarize([4]), stages: [GROUP], kernels: [GROUP] },
  },
};
const ENVIRONMENT: BenchReport['environment'] = {
  date: '2026-01-02T03:04:05.000Z',
  version: '0.1.0',
  commit: 'abc1234',
  adapter: {
    name: 'Some GPU',
    vendor: 'some',
    architecture: '',
    description: 'driver 5',
    backend: 'vulkan',
    software: false,
    features: [],
  },
  webgpu: '0.6.2',
  node: 'v20.0.0',
  platform: 'linux-x64',
  cpu: 'CPU',
  cores: 2,
  load: 0.1,
};

const text = (report: Pick<BenchReport, 'kernels' | 'model'>): string =>
  sections({ roofline: null, ...report })
    .map(sectionText)
    .join('');

describe('numbers', () => {
  it.each([
    [1234.5, '1235'],
    [99.96, '100'],
    [12.34, '12.3'],
    [1, '1.00'],
    [0.1234, '0.123'],
    [0.000_001_234, '0.000001'],
    [0, '-'],
    [Number.NaN, '-'],
    [Infinity, '-'],
  ])('%d is written as %s', (value, written) => {
    expect(digits(value)).toBe(written);
  });
});

describe('tables', () => {
  const table = {
    head: ['name', 'ms'],
    rows: [
      ['a', '1.00'],
      ['long | name', '10.0'],
    ],
    numbers: new Set([1]),
  };

  it('are aligned for a terminal', () => {
    expect(textTable(table)).toBe('name           ms\na            1.00\nlong | name  10.0\n');
  });

  it('are Markdown with bars escaped', () => {
    expect(markdownTable(table)).toBe(
      '| name | ms |\n| --- | --: |\n| a | 1.00 |\n| long \\| name | 10.0 |\n',
    );
  });
});

describe('the report', () => {
  it('has a line per variant, and says which is wrong and why', () => {
    const lines = text({ kernels: [KERNEL], model: null }).split('\n');
    const plain = lines.find((line) => line.includes('plain'));
    expect(plain).toMatch(/copy +a\|b +plain +2\.00 +1\.50–2\.50 +4\.00 +- +0\.500 +- +3×8$/);
    expect(lines.find((line) => line.startsWith('copy') && line.includes('tiled'))).toMatch(/WRONG$/);
    expect(lines).toContain('  copy, a|b, tiled: y: element 3 of [4]: got 1, want 2');
  });

  it('says when times are by the clock on the wall', () => {
    const [plain] = KERNEL.variants;
    if (!plain || 'wrong' in plain) throw new Error('the first variant was timed');
    const byWall = { ...KERNEL, variants: [{ ...plain, gpu: null }] };
    expect(text({ kernels: [KERNEL], model: null })).toContain('GPU time by timestamps');
    expect(text({ kernels: [byWall], model: null })).toContain('the device has no timestamps');
    expect(text({ kernels: [byWall], model: null })).toMatch(/plain +4\.00 +4\.00–4\.00 +4\.00/);
  });

  it('has stages with their share, counts and memory', () => {
    const found = text({ kernels: null, model: MODEL });
    expect(found).toMatch(/hrnet +2 +2\.00 +1\.50–2\.50 +50\.0 % +3\.00 +0\.250/);
    expect(found).toContain('600 dispatches, 1 submit and 5 writes per image');
    expect(found).toContain('GPU memory 4.50 MiB: weights 3.00 MiB, activations 1.00 MiB');
    expect(found).toContain('heatmap_ds within 1.3e-5 (100 elements), the same landmark');
  });

  it('has no times of a model whose results are wrong', () => {
    const check = { ...MODEL.check, wrong: ['the landmark is (1, 2) instead of (3, 4)'] };
    const found = text({ kernels: null, model: { ...MODEL, check, times: null } });
    expect(found).toContain('WRONG: not timed.');
    expect(found).toContain('  model full-refuge: the landmark is (1, 2) instead of (3, 4)');
    expect(found).not.toContain('the same landmark');
    expect(found).not.toContain('stage ');
  });

  it('says of a device without timestamps that stages are not timed', () => {
    const { times } = MODEL;
    if (!times) throw new Error('the model was timed');
    const found = text({ kernels: null, model: { ...MODEL, times: { ...times, profile: null } } });
    expect(found).toContain('no timestamps, so that stages are not timed');
  });

  it('in Markdown begins with adapter, versions and machine', () => {
    const found = reportMarkdown({
      environment: ENVIRONMENT,
      options: {},
      roofline: null,
      kernels: [KERNEL],
      model: MODEL,
    });
    expect(found).toMatch(
      /^# Some GPU \(driver 5, vulkan\)\n\nzian-webgpu 0\.1\.0 \(abc1234\), webgpu 0\.6\.2, Node/,
    );
    expect(found).toContain('| copy | a\\|b | plain | 2.00 |');
    expect(found).toContain('\n## Model full-refuge, 640×700 to 1024×1024\n');
  });
});
