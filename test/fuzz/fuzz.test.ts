import { describe, expect, it } from 'vitest';
import { inputError } from '../../src/errors.js';
import { bundled, runScript } from '../cli/bundle.js';
import { Draw, seedOf } from './draw.js';
import { check, type Format } from './format.js';
import { FORMATS } from './formats/index.js';
import { judge, messageProblem } from './outcome.js';

/** So many mutants of each format take some two seconds; `npm run fuzz -- --runs 100000` is the long run. */
const RUNS: Readonly<Record<string, number>> = { jpeg: 250, yaml: 400, legacy: 600, png: 800 };

const main = bundled('test/fuzz/main.ts');

describe('mutants are read or refused, in one sentence, a second and little memory', () => {
  it.each(FORMATS.map(({ name }) => name))('%s', async (name) => {
    const runs = RUNS[name] ?? 1000;
    const { code, out, err } = await runScript(main(), [
      '--format',
      name,
      '--runs',
      String(runs),
      '--seed',
      '7',
    ]);
    expect(err).toBe('');
    expect(out).toMatch(new RegExp(`${name} +seed 7: ${runs} mutants, .* 0 failures`));
    expect(code).toBe(0);
  });

  it('and so is every file that once was a failure', async () => {
    const { code, out, err } = await runScript(main(), ['--regressions']);
    expect(err).toBe('');
    expect(out).toMatch(/^\d+ regression cases, 0 failures\n$/);
    expect(code).toBe(0);
  });
});

describe('the fuzzers', () => {
  it.each(FORMATS)('$name makes the same mutant of the same seed, and others of others', ({ mutate }) => {
    const mutants = Array.from({ length: 20 }, (_, run) => mutate(new Draw(seedOf(3, run))));
    for (const [run, mutant] of mutants.entries()) expect(mutate(new Draw(seedOf(3, run)))).toEqual(mutant);
    expect(new Set(mutants.map((bytes) => Buffer.from(bytes).toString('base64'))).size).toBeGreaterThan(10);
  });

  const faulty = (read: Format['read']): Format => ({
    name: 'faulty',
    mutate: () => new Uint8Array(0),
    read,
  });
  const refusing = (message: string) =>
    judge(
      faulty(() => Promise.reject(inputError(message))),
      new Uint8Array(1),
    );

  it('see an error of another type, a wrong result, and a message that is no sentence', async () => {
    await expect(
      judge(
        faulty(() => Promise.reject(new TypeError('x is undefined'))),
        new Uint8Array(1),
      ),
    ).rejects.toThrow('undefined');
    await expect(
      judge(
        faulty(async () => Number(check(false, 'two'))),
        new Uint8Array(1),
      ),
    ).rejects.toThrow('wrong result: two');
    await expect(refusing('a file is damaged')).rejects.toThrow(/like a sentence/);
    await expect(refusing(`${'x'.repeat(3000)}.`)).rejects.toThrow(/3001 characters/);
    expect(messageProblem('a\u001b[31m is damaged.')).toMatch(/control/);
    expect(messageProblem('a\nis damaged.')).toMatch(/control/);
    await expect(refusing('a file is damaged.')).resolves.toBe('refused');
  });

  it('see a file that takes more time, and one that takes more memory than it may', async () => {
    const busy = faulty(async () => {
      const start = process.cpuUsage();
      for (let spent = 0; spent < 60_000; ) {
        for (let i = 0; i < 1e6; i++) Math.sqrt(i);
        const { user, system } = process.cpuUsage(start);
        spent = user + system;
      }
      return 0;
    });
    await expect(judge(busy, new Uint8Array(1), 50)).rejects.toThrow(/took \d+ ms/);
    const greedy = faulty(async () => new Uint8Array(200 << 20).fill(1).length * 0);
    await expect(judge(greedy, new Uint8Array(1))).rejects.toThrow(/took \d+ MiB for a file of 1 bytes/);
    await expect(judge(greedy, new Uint8Array(40 << 20))).resolves.toBe('read');
  });
});
