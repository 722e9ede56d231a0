import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { fixturePath } from '../convert/fixtures.js';
import { bundled, runScript, start } from './bundle.js';
import { NARROW_YAML, testFolder, writeImage, writeNarrowCheckpoint } from './support.js';

const folder = testFolder();
const at = (name: string): string => join(folder, name);
/** A safetensors file that is no model. */
const RUN = fileURLToPath(new URL('../fixtures/runs/narrow.safetensors', import.meta.url));
const main = bundled('src/cli/main.ts');
const interrupted = bundled('test/cli/interrupted.ts');
const zian = (...args: string[]) => runScript(main(), args);

beforeAll(() => {
  writeNarrowCheckpoint(at('model.pth'));
  writeFileSync(at('narrow.yaml'), NARROW_YAML);
  writeFileSync(at('page.pth'), '<!DOCTYPE html><html></html>');
  writeFileSync(at('pointer'), 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n');
  writeImage(at('image.png'), 272, 272, 1);
});

describe('the zian executable', () => {
  it('begins with a line that finds node', () => {
    expect(readFileSync(main(), 'utf8').startsWith('#!/usr/bin/env node\n')).toBe(true);
  });

  it('knows its version, which is the package’s', async () => {
    const { version }: { version: string } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(await zian('--version')).toEqual({ code: 0, out: `${version}\n`, err: '' });
  });

  it('ends with 2 for usage and 3 for input, in one line without a stack', async () => {
    const model = at('model.safetensors');
    for (const [args, code] of [
      [['localize', at('image.png'), '--task', 'teeth'], 2],
      [['convert', at('page.pth'), '--config', 'refuge', '-o', model], 3],
      [['convert', fixturePath('refused/system-zip.pth'), '--config', 'refuge', '-o', model], 3],
      [['inspect', folder], 3],
      [['localize', at('image.png'), '-m', at('page.pth')], 3],
      [['localize', at('image.png'), '-m', at('model.pth')], 3],
      [['localize', at('image.png'), '-m', at('pointer')], 3],
      [['localize', at('image.png'), '-m', RUN], 3],
      [['verify', RUN, RUN, '--image', at('image.png')], 3],
      [['localize', at('image.png'), '-m', at('none.safetensors')], 3],
    ] as const) {
      const run = await zian(...args);
      expect(run, args.join(' ')).toMatchObject({ code, out: '' });
      expect(run.err).toMatch(/^error: [^\n]+\n$/);
    }
    expect(
      readdirSync(folder).filter((name) => name.endsWith('.tmp') || name.includes('safetensors')),
    ).toEqual([]);
  });

  it('does not mind that nobody reads on', async () => {
    const child = start(main(), ['inspect', at('model.pth'), '--json']);
    let err = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    child.stdout?.destroy();
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0);
    expect(err).toBe('');
  });

  it('takes away what is unfinished when it is told to stop', async () => {
    const run = await runScript(interrupted(), [at('half.safetensors')]);
    expect(run.code).toBe(7);
    const before = readdirSync(folder);
    expect(Number(run.out)).toBe(before.length + 1);
    expect(before.filter((name) => name.includes('half'))).toEqual([]);
  });

  it('converts, and inspects what it converted', async () => {
    const model = at('converted.safetensors');
    const run = await zian('convert', at('model.pth'), '--config', at('narrow.yaml'), '-o', model);
    expect(run).toMatchObject({ code: 0, err: '' });
    expect(statSync(model).size).toBeGreaterThan(800_000);
    const report = JSON.parse((await zian('inspect', model, '--json')).out);
    expect(report.metadata).toMatchObject({
      format: 'zian',
      dtype: 'f32',
      converter: expect.stringMatching(/^zian-webgpu \d/),
    });
    expect(report.tensors.length).toBeGreaterThan(300);
  });
});
