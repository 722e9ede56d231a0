// A batch as a researcher runs it, checked: the network is not kept waiting for pixels, memory stays flat, and a run that is
// killed half-way and started again writes the same bytes. See README.md beside this file.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ZIAN = join(ROOT, 'dist/cli/zian.js');

/** What a run may not exceed. */
const MOST_WAITING = 0.1;
const MOST_GROWTH = 0.1;

const SAMPLE_EVERY = 500;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string', default: '2000' },
    side: { type: 'string', default: '1634' },
    scenes: { type: 'string', default: '20' },
    folder: { type: 'string' },
    report: { type: 'string' },
  },
});
if (values.folder === undefined) {
  process.stderr.write(
    'usage: run.mjs --folder FOLDER [--count N] [--side PIXELS] [--scenes N] [--report FILE] [-- OPTIONS OF zian localize]\n',
  );
  process.exit(2);
}
const folder = resolve(values.folder);
const count = Number(values.count);
const pictures = join(folder, `pictures-${count}-${values.side}`);

function makePictures() {
  if (existsSync(join(pictures, 'truth.csv'))) return;
  const { count: n, side, scenes } = values;
  const args = ['tools/demo-model/pictures.py', '--generator', 'fundus', '--count', n, '--size', side, side];
  const made = spawnSync('/usr/bin/python3', [...args, '--scenes', scenes, '--folder', pictures], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  if (made.status !== 0) throw new Error('the pictures could not be made');
}

/** Resident memory in MB, now and at its highest; undefined once the process has ended. Linux alone tells it. */
function memoryOf(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const of = (field) => Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0) / 1024;
    const memory = { now: of('VmRSS'), highest: of('VmHWM') };
    return memory.now > 0 ? memory : undefined;
  } catch {
    return undefined;
  }
}

/** Results in a table's journal. */
function journalled(table) {
  try {
    return readFileSync(`${table}.journal.jsonl`, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('{"name"')).length;
  } catch {
    return 0;
  }
}

/**
 * Runs `zian localize` over the pictures.
 * @param stopAt results after which it is killed (SIGKILL), so that nothing can be tidied up
 */
async function run(table, stopAt) {
  const args = [ZIAN, 'localize', pictures, '--csv', table, '--json', '--quiet', ...positionals];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.on('data', (text) => {
    out += text;
  });
  child.stderr.on('data', (text) => {
    err += text;
  });
  const ended = new Promise((done) => child.on('close', (code, signal) => done({ code, signal })));
  const samples = [];
  const started = performance.now();
  let running = true;
  ended.then(() => {
    running = false;
  });
  while (running) {
    const memory = memoryOf(child.pid);
    const done = journalled(table);
    if (memory) samples.push({ seconds: (performance.now() - started) / 1000, done, ...memory });
    if (stopAt !== undefined && done >= stopAt) child.kill('SIGKILL');
    await Promise.race([sleep(SAMPLE_EVERY), ended]);
  }
  const { code, signal } = await ended;
  if (code !== 0 && signal !== 'SIGKILL') throw new Error(`zian localize ended with code ${code}: ${err}`);
  return { samples, summary: out === '' ? undefined : JSON.parse(out) };
}

const mean = (numbers) => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;

/** Memory while images are done: the mean of each quarter of them, and how much the last is above the second. */
function memoryReport(samples) {
  const quarters = [0, 1, 2, 3].map((quarter) =>
    samples
      .filter(({ done }) => done > 0 && Math.min(3, Math.floor((4 * done) / count)) === quarter)
      .map(({ now }) => now),
  );
  const means = quarters.map((part) => (part.length === 0 ? null : Math.round(mean(part))));
  const [, second, , last] = means;
  return {
    highestMegabytes: Math.round(Math.max(...samples.map(({ highest }) => highest))),
    meanOfQuarters: means,
    growth: second === null || last === null ? null : (last - second) / second,
  };
}

makePictures();
const whole = join(folder, 'whole.csv');
const halves = join(folder, 'halves.csv');
for (const table of [whole, halves])
  for (const file of [table, `${table}.journal.jsonl`, `${table}.journal.jsonl.lock`])
    rmSync(file, { force: true });

const uninterrupted = await run(whole);
const killed = await run(halves, Math.ceil(count / 2));
const doneBefore = journalled(halves);
const tableThere = existsSync(halves);
const resumed = await run(halves);

const { milliseconds, waitingForPixels, rows } = uninterrupted.summary;
const memory = memoryReport(uninterrupted.samples);
const report = {
  images: count,
  side: Number(values.side),
  rows,
  imagesPerSecond: count / (milliseconds / 1000),
  waitingShare: waitingForPixels / milliseconds,
  memory,
  killedAfter: doneBefore,
  killedBeforeItsTable: !tableThere && killed.summary === undefined,
  notDoneAgain: resumed.summary.before,
  identical: readFileSync(whole).equals(readFileSync(halves)),
};
const problems = [
  ...(rows === count ? [] : [`${count - rows} images have no row`]),
  ...(report.waitingShare <= MOST_WAITING
    ? []
    : ['the network waited for pixels for more than 10 % of the time']),
  ...(memory.growth === null || memory.growth <= MOST_GROWTH
    ? []
    : ['memory grew by more than 10 % from the second quarter to the last']),
  ...(report.killedBeforeItsTable && doneBefore < count ? [] : ['the run was done before it was killed']),
  ...(report.notDoneAgain === doneBefore ? [] : ['not all results of the killed run were kept']),
  ...(report.identical ? [] : ['the table of the killed and resumed run differs']),
];
if (values.report !== undefined)
  writeFileSync(
    values.report,
    `${JSON.stringify({ ...report, problems, samples: uninterrupted.samples }, undefined, 1)}\n`,
  );
process.stdout.write(`${JSON.stringify(report, undefined, 1)}\n`);
for (const problem of problems) process.stdout.write(`not met: ${problem}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
