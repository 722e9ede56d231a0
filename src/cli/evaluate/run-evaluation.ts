import { join } from 'node:path';
import { usageError } from '../../errors.js';
import { evaluate, findScale } from '../../landmarks/index.js';
import { writeFileAtomic } from '../../node/atomic-file.js';
import { findImages } from '../../node/find-images.js';
import { readLandmarks } from '../../node/tables.js';
import type { ModelDtype } from '../../zian/model-file.js';
import { type CommandHost, type GlobalOptions, noter } from '../context.js';
import { makeFolder, refuseOverwriting } from '../output-paths.js';
import { reportPage } from '../report/page.js';
import { type EvaluationTitle, formatEvaluation } from './format.js';
import { errorsCsv, evaluationJson } from './json.js';
import { predict } from './predict.js';
import { readSeries } from './read-series.js';

/** Options of `zian evaluate`. */
export interface EvaluateOptions extends GlobalOptions {
  readonly json?: boolean;
  readonly errors?: string;
  readonly report?: string;
  readonly images?: string[];
  readonly worst: number;
  readonly thresholds: readonly number[];
  readonly relativeTo?: string;
  readonly relativeThresholds: readonly number[];
  readonly common?: boolean;
  readonly predictions?: string;
  readonly flipTest?: boolean;
  readonly dtype: ModelDtype;
  readonly workers: number;
  readonly resamples: number;
  readonly confidence: number;
  readonly seed: number;
  readonly truthLayout?: string;
  readonly truthOrigin?: '0' | '1';
  readonly predictionsLayout?: string;
  readonly predictionsOrigin?: '0' | '1';
}

const layoutOptions = (layout: string | undefined, origin: '0' | '1' | undefined) => ({
  ...(layout === undefined ? {} : { layout }),
  ...(origin === undefined ? {} : { origin: origin === '0' ? (0 as const) : (1 as const) }),
});

/** Runs `zian evaluate`: the last file is the truth; a model and images before it are localised first. */
export async function runEvaluation(
  host: CommandHost,
  files: readonly string[],
  options: EvaluateOptions,
): Promise<void> {
  const given = files.slice(0, -1);
  const truthPath = files.at(-1);
  if (truthPath === undefined || given.length === 0)
    throw usageError('Two files are needed at least: predictions, and last the truth.');
  if (options.images !== undefined && options.report === undefined)
    throw usageError('--images are shown in a report; say where to write it with --report FOLDER.');
  if (options.errors !== undefined) await refuseOverwriting([options.errors], files);
  const truth = await readLandmarks(truthPath, layoutOptions(options.truthLayout, options.truthOrigin));
  const [model = '', ...inputs] = given;
  const isModel = /\.safetensors$/i.test(model);
  if (isModel && inputs.length === 0)
    throw usageError('With a model, images are needed as well: zian evaluate MODEL IMAGES TRUTH.');
  if (!isModel && options.predictions !== undefined)
    throw usageError(
      '--predictions is where the results of a model go; give a model (.safetensors) and images.',
    );
  const task = truth.sides === 2 ? 'scleral-spur' : 'fovea';
  await using predicted = isModel ? await predict(host, { ...options, model, inputs, task }) : undefined;
  const predictions = predicted === undefined ? given : [predicted.path];
  const images = options.images ?? (isModel ? inputs : []);
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
    const found = await findImages(images);
    const onProblem = (message: string): void => note(`note: ${message}`);
    for (const { message } of found.problems) onProblem(message);
    await makeFolder(options.report, '--report');
    await writeFileAtomic(
      page,
      await reportPage({ all, title, truth, images: found.images, worst: options.worst, onProblem }),
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
