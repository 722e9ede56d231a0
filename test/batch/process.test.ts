import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeAhead } from '../../src/cli/batch/decode-ahead.js';
import { inputError, ZianError } from '../../src/errors.js';
import type { ImageJobs } from '../../src/node/images/jobs.js';
import { bundled, runScript, start } from '../cli/bundle.js';
import { testFolder } from '../cli/support.js';
import { writePhotographs } from './support.js';

const folder = testFolder();
const at = (...names: string[]): string => join(folder, ...names);
const script = bundled('test/batch/fake-batch.ts');
const args = (pause: number, table: string): string[] => [
  String(pause),
  ...[
    'localize',
    at('photographs'),
    '-m',
    at('model'),
    '--csv',
    at(table),
    '--overlays',
    at(`${table}-overlays`),
  ],
  ...['--workers', '2', '--format', 'jsonl'],
];

beforeAll(() => {
  writePhotographs(at('photographs'), 40, [3, 30]);
  writeFileSync(at('model'), 'not read by a fake engine');
});

const linesOf = async (path: string): Promise<number> =>
  (await readFile(path, 'utf8').catch(() => '')).split('\n').length - 1;

describe('a batch with threads', () => {
  it('that is killed goes on, and ends with the same bytes', async () => {
    const whole = await runScript(script(), args(0, 'whole'));
    expect(whole).toMatchObject({ code: 3, out: '' });
    expect(whole.err.match(/^error: /gm)).toHaveLength(2);
    expect(readFileSync(at('whole'), 'utf8').trimEnd().split('\n')).toHaveLength(38);

    const journal = at('killed.journal.jsonl');
    for (const until of [8, 20]) {
      const child = start(script(), args(30, 'killed'));
      const ended = new Promise((resolve) => child.on('close', resolve));
      while ((await linesOf(journal)) < until) await setTimeout(5);
      child.kill('SIGKILL');
      await ended;
    }
    const before = await linesOf(journal);
    expect(before).toBeLessThan(40);
    const last = await runScript(script(), args(0, 'killed'));
    expect(last.code).toBe(3);
    expect(readFileSync(at('killed'), 'utf8')).toBe(readFileSync(at('whole'), 'utf8'));
    // Two sessions more, and no image twice.
    const names = readFileSync(journal, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).name);
    const done = names.filter((name) => name !== undefined);
    expect(names.length - done.length).toBe(3);
    expect([done.length, new Set(done).size]).toEqual([40, 40]);
  });

  it('does not write to a table that another run writes to', async () => {
    const child = start(script(), args(60, 'shared'));
    const ended = new Promise((resolve) => child.on('close', resolve));
    while ((await linesOf(at('shared.journal.jsonl'))) < 3) await setTimeout(5);
    const second = await runScript(script(), args(0, 'shared'));
    expect(second).toMatchObject({ code: 2, out: '' });
    expect(second.err).toMatch(
      new RegExp(`^error: Another run \\(process ${child.pid} on [^)]+\\) is writing`),
    );
    child.kill('SIGTERM');
    await ended;
    // Left by the run that was killed, and taken over.
    expect(existsSync(at('shared.journal.jsonl.lock'))).toBe(true);
    expect((await runScript(script(), args(0, 'shared'))).code).toBe(3);
    expect(existsSync(at('shared.journal.jsonl.lock'))).toBe(false);
    expect(readFileSync(at('shared'), 'utf8')).toBe(readFileSync(at('whole'), 'utf8'));
  });
});

describe('decoding ahead', () => {
  /** Decoders that count how many are at work, and how many images wait. */
  const counting = (parallel: number, side: number) => {
    const counts = { decoded: 0, most: 0, taken: 0 };
    const jobs: ImageJobs = {
      parallel,
      decode: async (path) => {
        await setTimeout(path === '/3' ? 30 : 1);
        counts.decoded++;
        counts.most = Math.max(counts.most, counts.decoded - counts.taken);
        if (path === '/5') throw inputError('/5: broken');
        return { width: side, height: side, data: new Uint8Array(4 * side * side) };
      },
      drawOverlay: () => Promise.reject(new Error('not drawn here')),
      close: () => Promise.resolve(),
    };
    return { counts, jobs };
  };
  const entries = Array.from({ length: 30 }, (_, i) => ({ path: `/${i}`, name: String(i) }));

  it('keeps the order, and a bounded number of images', async () => {
    const { counts, jobs } = counting(2, 4);
    const seen: string[] = [];
    for await (const { entry, outcome } of decodeAhead(entries, jobs)) {
      counts.taken++;
      seen.push(outcome instanceof ZianError ? outcome.message : entry.name);
      await setTimeout(3);
    }
    expect(seen).toEqual(entries.map(({ name }) => (name === '5' ? '/5: broken' : name)));
    expect(counts.most).toBeGreaterThan(2);
    expect(counts.most).toBeLessThanOrEqual(6);
  });

  it('keeps few where images are large', async () => {
    const { counts, jobs } = counting(2, 8192);
    for await (const _ of decodeAhead(entries.slice(6, 14), jobs)) {
      counts.taken++;
      await setTimeout(20);
    }
    // 256 MiB each: two may wait, and one is worked on.
    expect(counts.decoded).toBe(8);
    expect(counts.most).toBeLessThanOrEqual(3);
  });

  it('ends with what is not an image’s fault', async () => {
    const { jobs } = counting(2, 4);
    const broken: ImageJobs = { ...jobs, decode: () => Promise.reject(new Error('no such thread')) };
    const all = async (): Promise<void> => {
      for await (const _ of decodeAhead(entries, broken)) throw new Error('an image came');
    };
    await expect(all()).rejects.toThrow('no such thread');
  });
});
