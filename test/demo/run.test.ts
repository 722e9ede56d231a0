import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runDemo } from '../../demo/run.js';
import { decodeImage } from '../../src/node/images/decode.js';
import { fakeEngine } from '../cli/fake-engine.js';
import { testFolder, writeImage } from '../cli/support.js';

const folder = testFolder();

async function demo(args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const { openEngine } = fakeEngine({ notice: 'for demonstration only' });
  const text = { out: '', err: '' };
  const streams = {
    out: (more: string) => {
      text.out += more;
    },
    err: (more: string) => {
      text.err += more;
    },
    terminal: undefined,
    outClosed: () => false,
  };
  return { code: await runDemo(args, { streams, openEngine, debug: false }), ...text };
}

describe('npm run demo', () => {
  it('compares every example with its truth, and draws them all', async () => {
    const examples = join(folder, 'examples');
    mkdirSync(examples);
    writeImage(join(examples, 'eye.png'), 60, 50, 1);
    writeImage(join(examples, 'scan.png'), 80, 50, 2);
    writeFileSync(join(examples, 'truth.csv'), 'file,x,y\neye.png,33,29\n');
    writeFileSync(
      join(examples, 'asoct-truth.csv'),
      'file,x_left,y_left,x_right,y_right\nscan.png,20,25,60,27\n',
    );
    const output = join(folder, 'shown');
    const run = await demo(['--examples', examples, '-o', output]);
    expect(run.code).toBe(0);
    expect(run.err).toBe(
      'fovea.safetensors: for demonstration only\nscleral-spur.safetensors: for demonstration only\n',
    );
    // The fake engine finds the middle of whatever it is given.
    expect(run.out).toMatch(/eye\.png +\(33\.0, 29\.0\) +\(30\.0, 25\.0\) +5\.0 px +8\.33 %/);
    expect(run.out).toMatch(/scan\.png +\(20\.0, 25\.0\) +\(20\.0, 25\.0\) +0\.0 px +0\.00 %/);
    expect(run.out).toMatch(/\n +\(60\.0, 27\.0\) +\(60\.0, 25\.0\) +2\.0 px +5\.00 %\n/);
    expect(readdirSync(output).sort()).toEqual(['contact-sheet.png', 'eye.overlay.png', 'scan.overlay.png']);
    const path = join(output, 'contact-sheet.png');
    const sheet = await decodeImage(new Uint8Array(readFileSync(path)), path);
    expect([sheet.width, sheet.height]).toEqual([2 * 488 + 8, 528 + 8]);
  });

  it('says in one line what is wrong', async () => {
    const examples = join(folder, 'broken');
    mkdirSync(examples);
    writeFileSync(join(examples, 'truth.csv'), 'file,x,y\nnone.png,1,2\n');
    const run = await demo(['--examples', examples, '-o', join(folder, 'none')]);
    expect(run.code).toBe(3);
    expect(run.err).toMatch(/\nerror: .*none\.png: there is no such file[^\n]*\n$/);
    expect((await demo(['--nonsense'])).code).toBe(2);
  });
});
