import { Command, Option } from 'commander';
import type { CliContext, CliStreams } from '../src/cli/context.js';
import { wholeNumber } from '../src/cli/number-option.js';
import { reportError } from '../src/cli/report-error.js';
import { runCallers } from './callers.js';
import { runCycles } from './cycles.js';
import { LOSS_POINTS, type LossPoint, loseDevices } from './losses.js';
import { runMany } from './many.js';
import { type Figures, MEGABYTE } from './memory.js';
import { fileSubject, type Subject, tinySubject } from './subject.js';

/** What the programs need from outside. */
export type SoakContext = Pick<CliContext, 'streams' | 'debug'>;

interface Options {
  readonly adapter: string;
  readonly model?: string;
  readonly count: number;
  readonly point?: LossPoint;
}

const subjectOf = async ({ model }: Options): Promise<Subject> =>
  model === undefined ? await tinySubject() : fileSubject(model);

const figures = ({ rss, heap, counts }: Figures): string =>
  `${(rss / MEGABYTE).toFixed(1)} MB resident, ${(heap / MEGABYTE).toFixed(1)} MB heap; ` +
  `${counts.buffers} buffers of ${(counts.bufferBytes / MEGABYTE).toFixed(1)} MB, ${counts.textures} textures, ${counts.querySets} query sets, ${counts.bound} pipelines and bindings`;

/** A line every tenth of the way. */
function ticker({ err }: CliStreams, what: string, count: number): (done: number) => void {
  const step = Math.max(1, Math.floor(count / 10));
  return (done) => {
    if (done % step === 0) err(`${what}: ${done} of ${count}\n`);
  };
}

function makeProgram({ streams }: SoakContext, exit: (code: number) => void): Command {
  const program = new Command('soak')
    .description('Long runs: what is promised of lost devices, memory and concurrent callers, counted.')
    .configureOutput({ writeOut: streams.out, writeErr: streams.err })
    .exitOverride();
  const add = (name: string, description: string, count: number): Command =>
    program
      .command(name)
      .description(description)
      .option('--count <number>', 'how many', wholeNumber(1), count)
      .option('--adapter <which>', 'as `zian --adapter` takes it', 'auto')
      .option('-m, --model <file>', 'model file; a tiny one of seeded weights unless given');
  const verdict = (what: string, ok: boolean): void => {
    streams.out(`${ok ? 'PASS' : 'FAIL'}: ${what}\n`);
    if (!ok) exit(1);
  };

  add(
    'losses',
    'Loses the device at each of seven points, and looks whether the answer is the same bits.',
    100,
  )
    .addOption(new Option('--point <which>', 'one point only').choices(LOSS_POINTS))
    .action(async (options: Options) => {
      const subject = await subjectOf(options);
      for (const point of LOSS_POINTS.filter(
        (each) => options.point === undefined || each === options.point,
      )) {
        const tick = ticker(streams, point, options.count);
        const { survived, losses, failures } = await loseDevices(
          subject,
          options.adapter,
          point,
          options.count,
          tick,
        );
        for (const failure of new Set(failures)) streams.err(`${point}: ${failure}\n`);
        verdict(
          `${point}: ${survived} of ${options.count} survived, ${losses} devices lost (${subject.name})`,
          survived === options.count,
        );
      }
    });
  add(
    'runs',
    'Localises one picture over and over: memory and objects must stay as they are.',
    10_000,
  ).action(async (options: Options) => {
    const subject = await subjectOf(options);
    const tick = ticker(streams, 'runs', options.count);
    const report = await runMany(subject, options.adapter, options.count, tick);
    streams.out(`after ${report.warmUp} runs: ${figures(report.before)}\n`);
    streams.out(`after ${options.count} more: ${figures(report.after)}\n`);
    verdict(
      `${options.count} runs of ${subject.name}: ${(report.grown / MEGABYTE).toFixed(1)} MB more resident, ${report.different} answers that differ, ${report.objectsFlat ? 'as many' : 'other numbers of'} GPU objects and bytes, ${report.millisecondsPerRun.toFixed(1)} ms per run`,
      report.ok,
    );
  });
  add(
    'callers',
    'Calls at the same time, each with a picture of its own, against the same one by one.',
    32,
  ).action(async (options: Options) => {
    const subject = await subjectOf(options);
    const { callers, equal } = await runCallers(subject, options.adapter, options.count);
    verdict(
      `${equal} of ${callers} concurrent callers got the bits of a serial run (${subject.name})`,
      equal === callers,
    );
  });
  add(
    'cycles',
    'Loads the model, runs it, and destroys it with its device: nothing must be left.',
    100,
  ).action(async (options: Options) => {
    const subject = await subjectOf(options);
    const tick = ticker(streams, 'cycles', options.count);
    const report = await runCycles(subject, options.adapter, options.count, tick);
    streams.out(`after ${report.warmUp} cycles: ${figures(report.before)}\n`);
    streams.out(`after ${options.count} more: ${figures(report.after)}\n`);
    verdict(
      `${options.count} cycles of ${subject.name}: ${(report.grown / MEGABYTE).toFixed(1)} MB more resident, ${report.left} GPU objects left, ${report.threads} more threads`,
      report.ok,
    );
  });
  return program;
}

/** @returns the exit code: 0, 1 where a promise does not hold, or that of the error */
export async function runSoak(args: readonly string[], context: SoakContext): Promise<number> {
  let exitCode = 0;
  try {
    await makeProgram(context, (code) => {
      exitCode = code;
    }).parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    return reportError(error, context);
  }
}
