import { Command } from 'commander';
import type { CliStreams } from '../src/cli/context.js';
import { usageError } from '../src/errors.js';
import { FULL, QUICK } from './effort.js';
import type { Effort } from './measure.js';

/** What a command line asks for. */
export interface BenchOptions {
  /** As `openDevice` takes it. */
  readonly adapter: string;
  /** Part of a kernel's or case's name, empty for all; undefined: no kernels. */
  readonly kernels: string | undefined;
  readonly model: boolean;
  /** A narrow model instead of the released one. */
  readonly tiny: boolean;
  readonly kernelEffort: Effort;
  readonly modelRuns: number;
  readonly json: string | undefined;
  readonly markdown: string | undefined;
  /** Measure the adapter's own peaks first. */
  readonly roofline: boolean;
  /** Where a plot of the roofline and the kernels goes. */
  readonly svg: string | undefined;
  /** Records of kernels of the user's own, in place of the engine's. */
  readonly own: readonly string[];
}

interface Parsed {
  readonly adapter: string;
  readonly kernels?: string | true;
  readonly model?: true;
  readonly tiny?: true;
  readonly quick?: true;
  readonly runs?: string;
  readonly json?: string;
  readonly markdown?: string;
  readonly roofline: boolean;
  readonly svg?: string;
  readonly case?: string[];
}

const MOST_RUNS = 1000;

const AFTER = `
Without --kernels and --model: both. The adapter's own peaks are measured first. Every result is checked before it is timed.

Examples:
  $ npm run bench -- --adapter software
  $ npm run bench -- --kernels conv2d --quick
  $ npm run bench -- --kernels --svg roofline.svg
  $ npm run bench -- --case bench/examples/scale.mjs
  $ npm run bench -- --model --runs 10 --json figures.json --markdown figures.md

Exit codes: 0 done, 1 a result is wrong, 2 wrong usage, 3 unusable input, 4 no usable GPU adapter.`;

function runsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const runs = Number(text);
  if (!/^\d+$/.test(text) || runs < 1 || runs > MOST_RUNS)
    throw usageError(`--runs ${text}: expected a whole number from 1 to ${MOST_RUNS}.`);
  return runs;
}

/**
 * @param args without the program's own name
 * @throws CommanderError (help, unknown options), ZianError (usage)
 */
export function parseOptions(args: readonly string[], { out, err }: CliStreams): BenchOptions {
  const program = new Command('bench')
    .usage('[options]')
    .description('Times the kernels and the model on a WebGPU adapter.')
    .option('--adapter <which>', 'auto, hardware, software, or part of an adapter name', 'auto')
    .option('--kernels [filter]', 'time the kernels; only those whose name or case contains this')
    .option('--model', 'time the released REFUGE model at full size, with seeded weights')
    .option('--tiny', 'a narrow model and a small picture instead')
    .option('--quick', 'fewer and shorter samples')
    .option('--runs <n>', 'samples of each kernel, and images')
    .option('--json <file>', 'write all figures as JSON')
    .option('--markdown <file>', 'write the tables as Markdown')
    .option('--no-roofline', "do without the adapter's peaks")
    .option('--svg <file>', 'plot the kernels against the measured roofline')
    .option(
      '--case <files...>',
      'time WGSL kernels of your own, as modules that describe them (see bench/README.md)',
    )
    .allowExcessArguments(false)
    .addHelpText('after', AFTER)
    .configureOutput({ writeOut: out, writeErr: err })
    .exitOverride();
  const parsed = program.parse(args, { from: 'user' }).opts<Parsed>();
  if (parsed.svg !== undefined && !parsed.roofline)
    throw usageError('--svg plots kernels against the roofline; leave out --no-roofline.');
  const runs = runsOf(parsed.runs);
  const effort = parsed.quick ? QUICK : FULL;
  const own = parsed.case !== undefined;
  const both = parsed.kernels === undefined && !parsed.model && !parsed.tiny && !own;
  const all = both || own || parsed.svg !== undefined;
  return {
    adapter: parsed.adapter,
    kernels: typeof parsed.kernels === 'string' ? parsed.kernels : parsed.kernels || all ? '' : undefined,
    model: Boolean(parsed.model ?? parsed.tiny) || both,
    tiny: parsed.tiny ?? false,
    kernelEffort: { ...effort.kernels, runs: runs ?? effort.kernels.runs },
    modelRuns: runs ?? effort.modelRuns,
    json: parsed.json,
    markdown: parsed.markdown,
    roofline: parsed.roofline,
    svg: parsed.svg,
    own: parsed.case ?? [],
  };
}
