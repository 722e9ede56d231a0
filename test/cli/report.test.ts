import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ticks } from '../../src/cli/report/axis.js';
import { decodeImage } from '../../src/node/images/decode.js';
import { testFolder, writeImage, zian } from './support.js';

const folder = testFolder();
const at = (name: string): string => join(folder, name);

describe('zian evaluate --report', () => {
  it('writes one page that needs nothing else, with the worst cases first', async () => {
    writeFileSync(at('truth.csv'), 'file,x,y\na.png,30,20\nb.png,10,40\n<c>.png,5,5\n');
    writeFileSync(at('p&q.csv'), 'file,x,y\na.png,33,24\nb.png,10,41\n<c>.png,5,25\n');
    for (const name of ['a.png', 'b.png']) writeImage(at(name), 60, 50, 1);
    writeFileSync(at('notes.csv'), 'path\na.png\nb.png\n');
    const args = ['--report', at('deep/report'), '--images', at('notes.csv'), '--worst', '2'];
    const run = await zian(['evaluate', at('p&q.csv'), at('truth.csv'), ...args]);
    expect(run.code).toBe(0);
    expect(run.err).toBe(`The report is ${at('deep/report/index.html')}.\n`);
    const page = readFileSync(at('deep/report/index.html'), 'utf8');
    expect(page).not.toMatch(/<script|<link|https?:|url\(/);
    expect(page).toContain('p&amp;q');
    expect(page).not.toContain('<c>');
    // The worst has no image to show, the second has one.
    const captions = [...page.matchAll(/<figcaption><strong>([^<]*)<\/strong> ([^<]*)<br>([^<]*)</g)];
    expect(captions.map(([, ...texts]) => texts)).toEqual([
      ['20.0 px', '&lt;c&gt;.png', '0.0 to the right, 20.0 down'],
      ['5.0 px', 'a.png', '3.0 to the right, 4.0 down'],
    ]);
    const pictures = [...page.matchAll(/data:image\/png;base64,([^"]+)/g)];
    expect(pictures).toHaveLength(1);
    const image = await decodeImage(Buffer.from(pictures[0]?.[1] ?? '', 'base64'), 'embedded');
    expect(image).toMatchObject({ width: 300, height: 300 });
    // Every element is closed, in order: void ones apart.
    const open: string[] = [];
    for (const [, slash, name = ''] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*>/gi)) {
      if (['meta', 'br'].includes(name)) continue;
      if (slash === '') open.push(name);
      else expect(open.pop()).toBe(name);
    }
    expect(open).toEqual([]);
  });

  it('is refused where its images have no report to be in', async () => {
    const run = await zian(['evaluate', at('p&q.csv'), at('truth.csv'), '--images', folder]);
    expect(run).toMatchObject({ code: 2, out: '' });
    expect(existsSync(at('index.html'))).toBe(false);
  });
});

describe('ticks', () => {
  it.each([
    [0, 10, 5, [0, 2, 4, 6, 8, 10]],
    [-7, 7, 3, [-5, 0, 5]],
    [0, 0.35, 4, [0, 0.1, 0.2, 0.3]],
    [0, 1, 5, [0, 0.2, 0.4, 0.6, 0.8, 1]],
  ])('from %d to %d', (from, to, count, wanted) => {
    const found = ticks(from, to, count);
    expect(found).toHaveLength(wanted.length);
    for (const [i, value] of wanted.entries()) expect(found[i]).toBeCloseTo(value, 12);
  });
});
