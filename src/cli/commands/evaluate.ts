import { type Command, Option } from 'commander';
import { DEFAULT_CONFIDENCE, DEFAULT_RESAMPLES, LAYOUT_NAMES } from '../../landmarks/index.js';
import type { CommandHost } from '../context.js';
import { type EvaluateOptions, runEvaluation } from '../evaluate/run-evaluation.js';
import { positiveNumbers, probability, wholeNumber } from '../number-option.js';
import { precisionOption, workersOption } from './localize-options.js';

const EXAMPLES = `
Examples:
  $ zian evaluate results.csv Fovea_location.xlsx
  $ zian evaluate ours.jsonl theirs.csv truth.csv --common --json
  $ zian evaluate results.csv truth.csv --relative-to disc_diameter --relative-thresholds 0.25,0.5,1
  $ zian evaluate results.csv truth.xlsx --truth-layout age-test
  $ zian evaluate results.jsonl truth.csv --report report --images photographs
  $ zian evaluate fovea.safetensors photographs Fovea_location.xlsx --report report

The last file is the truth. Predictions are what \`zian localize\` wrote (as JSON with both stages: coarse and fine side by
side) or any table. Columns are told by their headers, else taken from --truth-layout and --predictions-layout: ${LAYOUT_NAMES.join(', ')},
or NAME,X,Y (NAME,X,Y,X,Y for scans) by header or number from 1. The data sets' tables count pixels from 1, our own
(column 'file') and JSON from 0. Undetermined landmarks (-1, empty) are left out.`;

const originOption = (flag: string, what: string): Option =>
  new Option(
    `${flag} <pixel>`,
    `number of the first pixel in ${what}, where it is not as its layout has it`,
  ).choices(['0', '1']);

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
      'predictions (.csv, .xlsx, .json, .jsonl), or a model (.safetensors) and images; last the truth (.csv, .xlsx)',
    )
    .option('--json', 'print one JSON object')
    .option('--predictions <file>', "where a model's results go (.jsonl), to be resumed and used again")
    .option('--flip-test', 'with a model: average with the mirrored image')
    .option('--no-flip-test', 'with a model: do not, where the model asks for it')
    .addOption(precisionOption())
    .addOption(workersOption())
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
      await runEvaluation(host, files, command.optsWithGlobals<EvaluateOptions>());
    });
}
