import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { runModel } from '../support/model.js';
import { readRun } from '../support/runs.js';
import { bundled, runScript, start } from './bundle.js';
import { testFolder, writeImage } from './support.js';

const folder = testFolder();
const at = (name: string): string => join(folder, name);
const main = bundled('src/cli/main.ts');
const adapter = ['--adapter', process.env.ZIAN_TEST_ADAPTER || 'software'];
const model = ['-m', at('model.safetensors')];
const images = Array.from({ length: 30 }, (_, i) => at(`image-${i + 1}.png`));

beforeAll(async () => {
  const source = await runModel(readRun('coarse-only'));
  writeFileSync(at('model.safetensors'), await source.read(0, source.size));
  for (const [i, path] of images.entries()) writeImage(path, 272 + i, 204, i + 1);
});

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly err: string;
}

/** Starts the command; does something once its table's journal has so many lines; waits for the end. */
async function stopped(
  table: string,
  lines: number,
  stop: (kill: (signal: NodeJS.Signals) => void) => void,
): Promise<Ended> {
  const child = start(main(), ['localize', ...images, ...model, '--csv', at(table), ...adapter]);
  let err = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const ended = new Promise<Ended>((resolve) =>
    child.on('close', (code, signal) => resolve({ code, signal, err })),
  );
  const journal = at(`${table}.journal.jsonl`);
  for (let running = true; running; ) {
    const text = await readFile(journal, 'utf8').catch(() => '');
    running = text.split('\n').length - 1 < lines && child.exitCode === null;
    await setTimeout(5);
  }
  stop((signal) => child.kill(signal));
  return await ended;
}

const rows = (table: string): number => readFileSync(at(table), 'utf8').trimEnd().split('\n').length - 1;

describe('a run that is stopped on a device that works', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('by %s ends with %d, keeps what it has, and goes on from there', async (signal, code) => {
    const table = `${signal}.csv`;
    expect(await stopped(table, 4, (kill) => kill(signal))).toMatchObject({ code, signal: null });
    const kept = readFileSync(at(`${table}.journal.jsonl`), 'utf8')
      .trimEnd()
      .split('\n');
    expect(kept.length).toBeGreaterThanOrEqual(4);
    expect(existsSync(at(table))).toBe(false);
    const again = await runScript(main(), ['localize', ...images, ...model, '--csv', at(table), ...adapter]);
    expect(again.code).toBe(0);
    expect(again.err).toMatch(/^(\d+) of 30 images were done before/m);
    expect(Number(/(\d+) of 30 images were done/.exec(again.err)?.[1])).toBeGreaterThanOrEqual(3);
    expect(rows(table)).toBe(30);
  });

  it('by an unhandled rejection, with work pending, ends with 70 and one line', async () => {
    const fault = "setTimeout(() => Promise.reject(new Error('nobody caught this')), 1500)";
    const ran = await runScript(main(), ['localize', ...images, ...images, ...images, ...model, ...adapter], {
      NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(fault)}`,
    });
    expect(ran.code).toBe(70);
    expect(ran.err.match(/^error: .*nobody caught this.*$/gm)).toHaveLength(1);
  });
});

describe('a reader or a disk that takes no more', () => {
  it('a reader that goes away after a line ends the run, without an error', async () => {
    const child = start(main(), ['localize', ...images, ...model, ...adapter]);
    let err = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    child.stdout?.once('data', () => child.stdout?.destroy());
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0);
    expect(err).not.toContain('error');
  });

  it.runIf(existsSync('/dev/full'))('a full disk is told in one line', async () => {
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [main(), 'localize', images[0] ?? '', ...model, ...adapter], {
      stdio: ['ignore', full, 'pipe'],
    });
    let err = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(2);
    closeSync(full);
    expect(err).toMatch(/^error: The standard output cannot be written: ENOSPC\.$/m);
  });
});

describe('a run that ends by itself', () => {
  it('ends with 0 and nothing pending, or with the code of its error', async () => {
    const good = await runScript(main(), ['localize', images[0] ?? '', ...model, ...adapter]);
    expect(good).toMatchObject({ code: 0 });
    expect(good.out).toMatch(/image-1\.png: landmark/);
    const bad = await runScript(main(), ['localize', images[0] ?? '', '-m', at('none'), ...adapter]);
    expect(bad).toMatchObject({ code: 3, out: '' });
  });
});
