// npm run fuzz: mutants of every format that is read, each read or refused in one sentence, a second and little memory.
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Draw, seedOf } from './draw.js';
import { FORMATS } from './formats/index.js';
import { judge } from './outcome.js';
import { REGRESSIONS } from './regressions/cases.js';
import { HANG, Watch } from './watch.js';
import { type WorkerReport, work } from './worker.js';

const USAGE = `Usage: npm run fuzz -- [--runs N] [--format NAME[,NAME]] [--seed N] [--from RUN] [--save FILE]

  --runs    mutants per format (default 1000)
  --format  ${FORMATS.map(({ name }) => name).join(', ')} (default: all)
  --seed    of the generator (default 1)
  --from    number of the first run (default 0): --from 123 --runs 1 repeats run 123
  --regressions  reads what once was a failure instead
  --save    writes the mutant of the first run to a file, and reads nothing`;

/** Runs of one process: a fresh one now and then keeps one format's garbage out of the measurements. */
const SLICE = 20_000;

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000' },
    format: { type: 'string' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    save: { type: 'string' },
    worker: { type: 'string' },
    regressions: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

function count(option: 'runs' | 'seed' | 'from'): number {
  const value = Number(values[option]);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new Error(`--${option} ${values[option]} is no whole number`);
  return value;
}

function chosen() {
  const names = values.format?.split(',') ?? FORMATS.map(({ name }) => name);
  return names.map((name) => {
    const format = FORMATS.find((one) => one.name === name);
    if (format === undefined)
      throw new Error(`--format ${name} is none of ${FORMATS.map((f) => f.name).join(', ')}`);
    return format;
  });
}

/** Does a slice in a process of its own, so that a crash or a hang is one failure. */
async function slice(name: string, seed: number, from: number, to: number, folder: string) {
  const progress = join(folder, 'run');
  writeFileSync(progress, '');
  const child = spawn(
    process.execPath,
    [
      ...[
        '--expose-gc',
        '--max-old-space-size=512',
        '--max-semi-space-size=4',
        fileURLToPath(import.meta.url),
      ],
      ...['--format', name, '--seed', String(seed), '--from', String(from), '--runs', String(to - from)],
      ...['--worker', progress],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  let hung = false;
  const progressWatch = new Watch(progress);
  const watch = setInterval(() => {
    if (child.pid === undefined || !progressWatch.hangs(child.pid)) return;
    hung = true;
    child.kill('SIGKILL');
  }, 1000);
  const ended = await new Promise<string>((resolve) => {
    child.on('close', (code, signal) => resolve(signal ?? `code ${code}`));
  });
  clearInterval(watch);
  if (out !== '') {
    const report: WorkerReport = JSON.parse(out);
    return { report, next: to };
  }
  const run = Number(readFileSync(progress, 'utf8').trim() || from);
  const why = hung
    ? `hangs: no answer after ${HANG / 1000} s`
    : `ends the process (${ended}): ${err.slice(0, 2000)}`;
  return { report: { read: 0, refused: run - from, failures: [{ run, why }] }, next: run + 1 };
}

async function fuzz(
  name: string,
  seed: number,
  from: number,
  runs: number,
  folder: string,
): Promise<boolean> {
  const start = performance.now();
  const total = { read: 0, refused: 0, failures: 0 };
  for (let at = from; at < from + runs; ) {
    const { report, next } = await slice(name, seed, at, Math.min(from + runs, at + SLICE), folder);
    total.read += report.read;
    total.refused += report.refused;
    total.failures += report.failures.length;
    for (const { run, why } of report.failures) {
      console.error(`FAILURE: --format ${name} --seed ${seed} --from ${run} --runs 1\n  ${why}`);
    }
    if (total.failures >= 20) break;
    at = next;
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(
    `${name.padEnd(12)} seed ${seed}: ${total.read + total.refused + total.failures} mutants, ${total.read} read, ${total.refused} refused, ${total.failures} failures, ${seconds} s`,
  );
  return total.failures === 0;
}

/** Files that once were a failure, in this process: start it with --expose-gc for exact figures. */
async function regressions(): Promise<void> {
  let failures = 0;
  for (const { name, format, outcome, bytes } of REGRESSIONS) {
    try {
      const got = await judge(format, bytes());
      if (got !== outcome) throw new Error(`was ${got}, not ${outcome}`);
    } catch (error) {
      failures++;
      console.error(`FAILURE: ${format.name}, ${name}\n  ${error instanceof Error ? error.stack : error}`);
    }
  }
  console.log(`${REGRESSIONS.length} regression cases, ${failures} failures`);
  if (failures > 0) process.exitCode = 1;
}

if (values.help) {
  console.log(USAGE);
} else if (values.regressions) {
  await regressions();
} else if (values.worker !== undefined) {
  const [format] = chosen();
  if (format === undefined) throw new Error('there is a format');
  const progress = openSync(values.worker, 'r+');
  const from = count('from');
  const report = await work({ format, seed: count('seed'), from, to: from + count('runs'), progress });
  closeSync(progress);
  process.stdout.write(JSON.stringify(report));
} else if (values.save !== undefined) {
  const [format] = chosen();
  if (format !== undefined)
    writeFileSync(values.save, format.mutate(new Draw(seedOf(count('seed'), count('from')))));
} else {
  const folder = mkdtempSync(join(tmpdir(), 'zian-fuzz-'));
  try {
    for (const { name } of chosen()) {
      if (!(await fuzz(name, count('seed'), count('from'), count('runs'), folder))) process.exitCode = 1;
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
