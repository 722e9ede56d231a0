import { basename } from 'node:path';
import type { Command } from 'commander';
import { inputError, usageError } from '../../errors.js';
import { fitLogistic, type Observation } from '../../landmarks/calibrate.js';
import { observationsOf } from '../../landmarks/observations.js';
import { writeFileAtomic } from '../../node/atomic-file.js';
import { hashFile } from '../../node/hash-file.js';
import { readLandmarks, readText } from '../../node/tables.js';
import type { Calibration } from '../../zian/calibration.js';
import { type Assessment, assess, assessmentText, keptAt } from '../calibrate/assess.js';
import { calibrationPlot } from '../calibrate/plot.js';
import type { CommandHost, GlobalOptions } from '../context.js';
import { probability } from '../number-option.js';
import { refuseOverwriting } from '../output-paths.js';

interface Options extends GlobalOptions {
  readonly model: string;
  readonly output: string;
  readonly limit: number;
  readonly heldOut?: readonly string[];
  readonly plot?: string;
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  $ zian localize photographs -m fovea.safetensors --csv fovea.jsonl --format jsonl
  $ zian calibrate fovea.jsonl truth.csv -m fovea.safetensors -o fovea.calibration.json
  $ zian calibrate fovea.jsonl truth.csv -m fovea.safetensors -o fovea.calibration.json --held-out new.jsonl new.csv --plot fit.svg

Fits how likely a landmark is right from what the heat maps look like: both peaks, the fine one's margin, and how far the fine
stage has moved the coarse landmark. \`zian localize\` takes FILE.calibration.json beside FILE.safetensors by itself, and gives
the probability as \`confidence\`. It holds for this model alone (known by its SHA-256), and for pictures like those that it was fitted on:
fit it on a few hundred pictures of your own camera, with the options that you localise with.
How good it is is told on pictures of its own (--held-out), else by cross-validation.`;

/** Fewer say little about so many coefficients. */
const LEAST_LANDMARKS = 50;

/** `zian calibrate`. */
export function addCalibrate(program: Command, host: CommandHost): void {
  program
    .command('calibrate')
    .summary('fit how likely a model’s landmarks are right')
    .description('Fits the confidences of a model on pictures with known landmarks.')
    .argument('<predictions>', 'what `zian localize` wrote as JSON (.json, .jsonl)')
    .argument('<truth>', 'the true landmarks (.csv, .xlsx)')
    .requiredOption('-m, --model <file>', 'the model that found them')
    .requiredOption('-o, --output <file>', 'calibration to write (.json)')
    .option('--limit <share>', "largest error that counts as right, of the image's width", probability, 0.025)
    .option('--held-out <predictions-and-truth...>', 'two more files: of pictures to judge the fit by')
    .option('--plot <file>', 'write the reliability and the triage curve (.svg)')
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (predictions: string, truth: string, _: unknown, command: Command) => {
      await run(host, predictions, truth, command.optsWithGlobals<Options>());
    });
}

const readObservations = async (predictions: string, truth: string): Promise<Observation[]> =>
  observationsOf(await readText(predictions), predictions, await readLandmarks(truth));

async function run(host: CommandHost, predictions: string, truth: string, options: Options): Promise<void> {
  const { model, output, limit, heldOut, plot, json = false } = options;
  const [heldPredictions, heldTruth, ...others] = heldOut ?? [];
  if (
    heldOut !== undefined &&
    (heldPredictions === undefined || heldTruth === undefined || others.length > 0)
  )
    throw usageError('--held-out takes two files: predictions, and their truth.');
  await refuseOverwriting(
    [output, ...(plot === undefined ? [] : [plot])],
    [predictions, truth, model, ...(heldOut ?? [])],
  );
  const observations = await readObservations(predictions, truth);
  const right = observations.filter(({ error }) => error <= limit).length;
  if (observations.length < LEAST_LANDMARKS || right === 0 || right === observations.length)
    throw inputError(
      `${predictions} has ${observations.length} landmarks, ${right} of them right; a fit needs ${LEAST_LANDMARKS} at least, and some of both kinds (--limit is ${limit}).`,
    );
  const fit = fitLogistic(observations, (error) => error <= limit);
  const held =
    heldPredictions === undefined || heldTruth === undefined
      ? undefined
      : await readObservations(heldPredictions, heldTruth);
  const assessment = assess(fit, observations, held, limit);
  const calibration: Calibration = {
    calibration: 1,
    model: await hashFile(model),
    limit,
    ...fit,
    landmarks: observations.length,
  };
  await writeFileAtomic(output, `${JSON.stringify(calibration, undefined, 1)}\n`);
  if (plot !== undefined) await writeFileAtomic(plot, calibrationPlot(assessment, limit, basename(model)));
  host.streams.out(
    json ? `${JSON.stringify(assessmentJson(output, assessment))}\n` : assessmentText(assessment, limit),
  );
}

const assessmentJson = (output: string, assessment: Assessment) => ({
  calibration: output,
  on: assessment.on,
  ...assessment.reliability,
  triage: [1, 0.9, 0.8, 0.7, 0.6, 0.5].map((share) => keptAt(assessment, share)),
});
