import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { usageError } from '../../errors.js';
import {
  DEFAULT_CONFIDENCE,
  DEFAULT_RESAMPLES,
  evaluate,
  findScale,
  LAYOUT_NAMES,
} from '../../landmarks/index.js';
import { writeFileAtomic } from '../../node/atomic-file.js';
import { findImages } from '../../node/find-images.js';
import { readLandmarks } from '../../node/tables.js';
import { type CommandHost, type GlobalOptions, noter } from '../context.js';
import { type EvaluationTitle, formatEvaluation } from '../evaluate/format.js';
import { errorsCsv, evaluationJson } from '../evaluate/json.js';
import { readSeries } from '../evaluate/read-series.js';
import { positiveNumbers, probability, wholeNumber } from '../number-option.js';
import { makeFolder, refuseOverwriting } from '../output-paths.js';
import { reportPage } from '../report/page.js';

interface Options extends GlobalOptions {
  readonly json?: boolean;
  readonly errors?: string;
  readonly report?: string;
  readonly images?: string[];
  readonly worst: number;
  readonly thresholds: readonly number[];
  readonly relativeTo?: string;
  readonly relativeThresholds: readonly number[];
  readonly common?: boolean;
  readonly resamples: number;
  readonly confidence: number;
  readonly seed: number;
  readonly truthLayout?: string;
  readonly truthOrigin?: '0' | '1';
  readonly predictionsLayout?: string;
  readonly predictionsOrigin?: '0' | '1';
}

const EXAMPLES = `
Examples:
  $ zian evaluate results.csv Fovea_location.xlsx
  $ zian evaluate ours.jsonl theirs.csv truth.csv --common --json
  $ zian evaluate results.csv truth.csv --relative-to disc_diameter --relative-thresholds 0.25,0.5,1
  $ zian evaluate results.csv truth.xlsx --truth-layout age-test
  $ zian evaluate results.jsonl truth.csv --report report --images photographs

The last file is the truth. Predictions are what \`zian localize\` wrote (as JSON with both stages: coarse and fine side by
side) or any table. Columns are told by their headers, else taken from --truth-layout and --predictions-layout: ${LAYOUT_NAMES.join(', ')},
or NAME,X,Y (NAME,X,Y,X,Y for scans) by header or number from 1. The data sets' tables count pixels from 1, our own
(column 'file') and JSON from 0. Undetermined landmarks (-1, empty) are left out.`;

const originOption = (flag: string, what: string): Option =>
  new Option(
    `${flag} <pixel>`,
    `number of the first pixel in ${what}, where it is not as its layout has it`,
  ).choices(['0', '1']);

const layoutOptions = (layout: string | undefined, origin: '0' | '1' | undefined) => ({
  ...(layout === undefined ? {} : { layout }),
  ...(origin === undefined ? {} : { origin: origin === '0' ? (0 as const) : (1 as const) }),
});

/** `zian evaluate`. */
export function addEvaluate(program: Command, host: CommandHost): void {
  program
    .command('evaluate')
    .summary('compare predictions with the truth')
    .description(
      'Errors and detection rates of one or several files of predictions, with bootstrap confidence intervals.',
    )
    .argument(
      '<files...>',
      'files of predictions (.csv, .xlsx, .json, .jsonl), and last the truth (.csv, .xlsx)',
    )
    .option('--json', 'print one JSON object')
    .option('--errors <file>', "write every landmark's error (.csv)")
    .option(
      '--report <folder>',
      'write a page with plots and the worst cases: index.html, which needs nothing else',
    )
    .option('--images <paths...>', 'images, folders, patterns or lists, to show the worst cases of')
    .option('--worst <number>', 'how many of the worst cases the report shows', wholeNumber(0), 12)
    .option(
      '--thresholds <pixels>',
      'of the successful detection rates (SDR)',
      positiveNumbers,
      [5, 10, 15, 20],
    )
    .option(
      '--relative-to <length>',
      "give errors in this unit as well: pixels, a column of the truth, or 'width'",
    )
    .option('--relative-thresholds <shares>', 'of the detection rates in that unit', positiveNumbers, [])
    .option('--common', 'only images that every file has')
    .option('--resamples <number>', 'bootstrap resamples', wholeNumber(1), DEFAULT_RESAMPLES)
    .option('--confidence <share>', 'of the intervals', probability, DEFAULT_CONFIDENCE)
    .option('--seed <number>', 'of the bootstrap', wholeNumber(0), 1)
    .option('--truth-layout <layout>', 'columns of the truth')
    .addOption(originOption('--truth-origin', 'the truth'))
    .option('--predictions-layout <layout>', 'columns of the predictions')
    .addOption(originOption('--predictions-origin', 'the predictions'))
    .addHelpText('after', EXAMPLES)
    .action(async (files: string[], _: unknown, command: Command) => {
      await run(host, files, command.optsWithGlobals<Options>());
    });
}

async function run(host: CommandHost, files: readonly string[], options: Options): Promise<void> {
  const predictions = files.slice(0, -1);
  const truthPath = files.at(-1);
  if (truthPath === undefined || predictions.length === 0)
    throw usageError('Two files are needed at least: predictions, and last the truth.');
  if (options.images !== undefined && options.report === undefined)
    throw usageError('--images are shown in a report; say where to write it with --report FOLDER.');
  if (options.errors !== undefined) await refuseOverwriting([options.errors], files);
  const truth = await readLandmarks(truthPath, layoutOptions(options.truthLayout, options.truthOrigin));
  const { series, sizes } = await readSeries(
    predictions,
    layoutOptions(options.predictionsLayout, options.predictionsOrigin),
  );
  const { thresholds, relativeThresholds, resamples, confidence, seed, common = false } = options;
  const scale = options.relativeTo === undefined ? undefined : findScale(options.relativeTo, truth, sizes);
  const all = evaluate(truth, series, {
    thresholds,
    relativeThresholds,
    resamples,
    confidence,
    seed,
    common,
    ...(scale === undefined ? {} : { scale }),
  });
  const note = noter(host.streams, options);
  for (const { label, missing, extra, unpredicted } of all) {
    if (missing.length > 0) note(`note: ${label}: nothing for ${listed(missing)}`);
    if (extra.length > 0) note(`note: ${label}: not in the truth: ${listed(extra)}`);
    if (unpredicted > 0)
      note(`note: ${label}: ${unpredicted} landmark(s) are undetermined, but not in the truth`);
  }
  if (all.every(({ errors }) => errors.length === 0))
    throw usageError(
      `No image of ${truthPath} is in the predictions; its first is '${truth.rows[0]?.name}', theirs '${series[0]?.table.rows[0]?.name}'.`,
    );
  const title: EvaluationTitle = {
    truth: truthPath,
    images: truth.rows.length,
    confidence,
    resamples,
    ...(scale === undefined ? {} : { scaleLabel: scale.label }),
  };
  if (options.errors !== undefined) await writeFileAtomic(options.errors, errorsCsv(all));
  if (options.report !== undefined) {
    const page = join(options.report, 'index.html');
    const { images, problems } = await findImages(options.images ?? []);
    const onProblem = (message: string): void => note(`note: ${message}`);
    for (const { message } of problems) onProblem(message);
    await makeFolder(options.report, '--report');
    await writeFileAtomic(
      page,
      await reportPage({ all, title, truth, images, worst: options.worst, onProblem }),
    );
    note(`The report is ${page}.`);
  }
  host.streams.out(
    options.json ? `${JSON.stringify(evaluationJson(all, title))}\n` : formatEvaluation(all, title),
  );
}

const SHOWN = 5;

const listed = (names: readonly string[]): string =>
  `${names.length} image(s): ${names.slice(0, SHOWN).join(', ')}${names.length > SHOWN ? ', …' : ''}`;
