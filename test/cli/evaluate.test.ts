import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { fakeEngine } from './fake-engine.js';
import { testFolder, writeImage, zian } from './support.js';

const folder = testFolder();
const at = (name: string): string => join(folder, name);
const result = (image: string, x: number, coarse: number) =>
  `${JSON.stringify({ image, width: 200, height: 100, landmark: { x, y: 10 }, coarse: { x: coarse, y: 10 } })}\n`;

beforeAll(() => {
  writeFileSync(
    at('truth.csv'),
    'ImgName,Fovea_X,Fovea_Y,disc\na.jpg,11,11,50\nb.jpg,21,11,100\nc.jpg,-1,-1,70\n',
  );
  writeFileSync(
    at('ours.jsonl'),
    result('x/a.jpg', 13, 18) + result('x/b.jpg', 24, 28) + result('x/c.jpg', 1, 1),
  );
  writeFileSync(at('theirs.csv'), 'ImageName,Fovea_X,Fovea_Y\na.jpg,11,15\nz.jpg,3,3\n');
});

describe('zian evaluate', () => {
  it('shows coarse and fine side by side, and other files beside them', async () => {
    const run = await zian(['evaluate', at('ours.jsonl'), at('theirs.csv'), at('truth.csv')]);
    expect(run.code).toBe(0);
    const rows = run.out.split('\n').map((line) => line.split(/ {2,}/));
    expect(rows[2]?.slice(1)).toEqual(['ours coarse', 'ours fine', 'theirs']);
    const row = (title: string) => rows.find(([first]) => first?.startsWith(title))?.slice(1);
    expect(row('images')).toEqual(['2', '2', '1 (1 missing)']);
    expect(row('mean, px')).toEqual(['8.00 [8.00, 8.00]', '3.50 [3.00, 4.00]', '4.00 [4.00, 4.00]']);
    expect(row('SDR below 5 px')).toEqual([
      '0.00 [0.00, 0.00]',
      '100.00 [100.00, 100.00]',
      '100.00 [100.00, 100.00]',
    ]);
    expect(row("mean, minus the first's")).toEqual(['-4.50 [-5.00, -4.00]', '-4.00 [-4.00, -4.00]']);
    expect(run.err.split('\n')).toEqual([
      'note: theirs: nothing for 1 image(s): b.jpg',
      'note: theirs: not in the truth: 1 image(s): z.jpg',
      '',
    ]);
  });

  it('gives one object with --json, relative errors and those of every landmark', async () => {
    const args = ['--relative-to', 'disc', '--relative-thresholds', '0.05', '--thresholds', '4,3.5'];
    const run = await zian([
      'evaluate',
      at('ours.jsonl'),
      at('truth.csv'),
      '--json',
      '--errors',
      at('e.csv'),
      ...args,
    ]);
    expect(run).toMatchObject({ code: 0, err: '' });
    const found = JSON.parse(run.out);
    expect(found).toMatchObject({
      relativeTo: 'disc',
      confidence: 0.95,
      resamples: 2000,
      truth: { images: 3 },
    });
    expect(found.series[1]).toMatchObject({
      label: 'ours fine',
      stage: 'fine',
      images: 2,
      undetermined: 1,
      missing: [],
      pixels: {
        mean: { value: 3.5, low: 3, high: 4 },
        sdr: [
          { threshold: 3.5, share: { value: 0.5 } },
          { threshold: 4, share: { value: 0.5 } },
        ],
      },
      relative: { mean: { value: 0.05 }, maximum: 0.06, sdr: [{ threshold: 0.05, share: { value: 0.5 } }] },
      difference: { to: 'ours coarse', images: 2, mean: { value: -4.5 } },
    });
    expect(readFileSync(at('e.csv'), 'utf8')).toBe(
      'image,series,side,dx,dy,distance\na.jpg,ours coarse,0,8,0,8\nb.jpg,ours coarse,0,8,0,8\n' +
        'a.jpg,ours fine,0,3,0,3\nb.jpg,ours fine,0,4,0,4\n',
    );
  });

  it('compares the images that all have with --common', async () => {
    const run = await zian([
      'evaluate',
      at('ours.jsonl'),
      at('theirs.csv'),
      at('truth.csv'),
      '--common',
      '--json',
      '--quiet',
    ]);
    expect(run.err).toBe('');
    const { series }: { series: { images: number; pixels: { mean: { value: number } } }[] } = JSON.parse(
      run.out,
    );
    expect(series.map(({ images, pixels }) => [images, pixels.mean.value])).toEqual([
      [1, 8],
      [1, 3],
      [1, 4],
    ]);
  });

  it('takes the images’ widths from results', async () => {
    const run = await zian([
      'evaluate',
      at('ours.jsonl'),
      at('truth.csv'),
      '--relative-to',
      'width',
      '--json',
    ]);
    expect(JSON.parse(run.out).series[1].relative.maximum).toBeCloseTo(0.02, 12);
    const without = await zian([
      'evaluate',
      at('theirs.csv'),
      at('truth.csv'),
      '--relative-to',
      'width',
      '--quiet',
    ]);
    expect(without).toMatchObject({ code: 2, out: '' });
    expect(without.err).toContain('only results as JSON have');
  });

  it.each([
    [['truth.csv'], 2, /Two files are needed/],
    [['none.csv', 'truth.csv'], 3, /none\.csv does not exist/],
    [['theirs.csv', 'truth.csv', '--relative-to', 'colour'], 2, /no column of .*it has 'disc'/],
    [['theirs.csv', 'truth.csv', '--thresholds', '5,-1'], 2, /numbers above 0/],
    [['theirs.csv', 'truth.csv', '--confidence', '95'], 2, /between 0 and 1/],
    [['theirs.csv', 'truth.csv', '--truth-layout', 'disc,x'], 2, /no column 'x'/],
    [['theirs.csv', 'truth.csv', '--errors', 'theirs.csv'], 2, /is also an input/],
  ])('refuses %j', async (args, code, message) => {
    const run = await zian(['evaluate', ...args.map((arg) => (/\.csv$/.test(arg) ? at(arg) : arg))]);
    expect(run).toMatchObject({ code, out: '' });
    expect(run.err).toMatch(message);
    expect(run.err).toMatch(/^error: [^\n]+\n$/);
  });

  it('says so where no image is in both', async () => {
    writeFileSync(at('others.csv'), 'ImageName,Fovea_X,Fovea_Y\nq.jpg,11,15\n');
    const run = await zian(['evaluate', at('others.csv'), at('truth.csv'), '--quiet']);
    expect(run.code).toBe(2);
    expect(run.err).toContain("its first is 'a.jpg', theirs 'q.jpg'");
  });

  it('runs a model on images first', async () => {
    writeImage(at('a.jpg'), 30, 20, 1);
    writeImage(at('b.jpg'), 50, 20, 2);
    writeFileSync(at('page.png'), '<html>Please log in</html>');
    writeFileSync(at('small.safetensors'), 'not read by a fake engine');
    const { openEngine, calls } = fakeEngine();
    const images = ['a.jpg', 'b.jpg', 'page.png'].map(at);
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('zian-evaluate-'));
    const args = ['evaluate', at('small.safetensors'), ...images, at('truth.csv'), '--quiet'];
    const run = await zian([...args, '--json'], { openEngine });
    // The page is reported, and what is there is evaluated.
    expect(run.code).toBe(3);
    expect(run.err).toMatch(/^error: [^\n]*page\.png: expected/);
    const { series } = JSON.parse(run.out);
    // The fake engine finds the middle: (15, 10) and (25, 10) where (10, 10) and (20, 10) are true.
    expect(series[1]).toMatchObject({ label: 'small fine', images: 2, pixels: { mean: { value: 5 } } });
    const after = readdirSync(tmpdir()).filter((name) => name.startsWith('zian-evaluate-'));
    expect(after).toEqual(before);

    const kept = [...args, '--predictions', at('kept.jsonl')];
    await zian(kept, { openEngine });
    await zian(kept, { openEngine });
    expect(calls.localized).toHaveLength(4);
    const direct = await zian(['evaluate', at('kept.jsonl'), at('truth.csv'), '--quiet']);
    expect(direct.out).toContain('kept fine');
  });

  it('needs images for a model, and a model for predictions', async () => {
    const alone = await zian(['evaluate', 'm.safetensors', at('truth.csv')]);
    expect(alone).toMatchObject({ code: 2, out: '' });
    expect(alone.err).toContain('MODEL IMAGES TRUTH');
    const without = await zian([
      'evaluate',
      at('theirs.csv'),
      at('truth.csv'),
      '--predictions',
      at('p.jsonl'),
    ]);
    expect(without.code).toBe(2);
  });
});
