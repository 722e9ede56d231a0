import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { EXIT_CODES, usageError } from '../errors.js';
import { sidesOf } from '../landmarks/index.js';
import type { Task } from '../node/bundled-models.js';
import { calibrationBeside, calibrationPath, readCalibration } from '../node/calibration-file.js';
import { findImages, type ImageEntry, tableNames } from '../node/find-images.js';
import { hashFile } from '../node/hash-file.js';
import type { Calibration } from '../zian/calibration.js';
import type { ModelDtype } from '../zian/model-file.js';
import type { Refinement } from '../zian/refine.js';
import { runBatch } from './batch/batch.js';
import { type BatchProgress, startBatchProgress } from './batch/batch-progress.js';
import { BatchReport } from './batch/batch-report.js';
import { journalPath } from './batch/journal.js';
import { isChallengeFormat, type TableFormat } from './batch/result-table.js';
import { type Shard, shardOf } from './batch/shard.js';
import { type TableImage, TableRun } from './batch/table-run.js';
import { type CommandHost, type GlobalOptions, noter } from './context.js';
import type { OpenedEngine } from './engine.js';
import { writeDump } from './localize.js';
import type { LocalizeHow } from './localize-result.js';
import { makeFolder, overlayNames, overlayPaths, refuseOverwriting } from './output-paths.js';
import { errorLine } from './report-error.js';

export interface LocalizeRequest extends GlobalOptions {
  /** Files, folders, patterns, lists. */
  readonly inputs: readonly string[];
  readonly model: string;
  readonly task: Task;
  readonly dtype: ModelDtype;
  readonly open: () => Promise<OpenedEngine>;
  readonly output?: string;
  readonly overlays?: string;
  readonly json?: boolean;
  readonly flipTest?: boolean;
  readonly refine?: Refinement;
  /** Path of a calibration; the one beside the model is taken unless given, none where it is `false`. */
  readonly calibration?: string | false;
  readonly dump?: string;
  readonly csv?: string;
  readonly format?: TableFormat;
  readonly round?: boolean;
  readonly restart?: boolean;
  readonly shard?: Shard;
  readonly workers: number;
  /** Images of a run of the network; 1 unless given. */
  readonly batch?: number;
}

/** @throws ZianError (usage) where options do not go together */
function checkOptions({ dump, task, csv, format, round, restart, output, overlays }: LocalizeRequest): void {
  if (dump !== undefined && task === 'scleral-spur')
    throw usageError('--dump writes the stages of one image, but a scan is two; dump each half by itself.');
  if (output !== undefined && overlays !== undefined)
    throw usageError('-o and --overlays both say where overlays go; give one of them.');
  for (const [option, given] of [
    ['--format', format !== undefined],
    ['--round', round],
    ['--restart', restart],
  ] as const) {
    if (given && csv === undefined)
      throw usageError(`${option} is about the table of results; name it with --csv FILE.`);
  }
  if (format === undefined || !isChallengeFormat(format)) return;
  const sides = task === 'scleral-spur' ? 2 : 1;
  if (sidesOf(format) !== sides)
    throw usageError(
      `--format ${format} has ${sidesOf(format)} landmark(s) per image, but --task ${task} finds ${sides}; leave it out, or give another.`,
    );
}

/** Where each image's overlay goes; undefined where there are to be none. */
async function placeOverlays(
  { output, overlays }: LocalizeRequest,
  paths: readonly string[],
): Promise<readonly string[] | undefined> {
  if (output !== undefined) return await overlayPaths(output, paths);
  if (overlays === undefined) return undefined;
  await makeFolder(overlays, '--overlays');
  return overlayNames(paths).map((name) => join(overlays, name));
}

/** The images of this run: the whole list with names and overlays, and the shard of it. */
async function planImages(
  request: LocalizeRequest,
  found: readonly ImageEntry[],
): Promise<{ readonly list: readonly string[]; readonly images: readonly TableImage[] }> {
  const list = tableNames(found);
  const overlays = await placeOverlays(
    request,
    found.map(({ path }) => path),
  );
  const all = found.map(({ path }, i): TableImage => {
    const overlay = overlays?.[i];
    return { path, name: list[i] ?? path, ...(overlay === undefined ? {} : { overlay }) };
  });
  return { list, images: request.shard === undefined ? all : shardOf(all, request.shard) };
}

/**
 * The model's calibration, where there is one.
 * @throws ZianError: input where it is none; usage where one is named that belongs to another model
 */
async function findCalibration(
  host: CommandHost,
  request: LocalizeRequest,
): Promise<Calibration | undefined> {
  const { model, calibration: given } = request;
  if (given === false) return undefined;
  const found = given === undefined ? await calibrationBeside(model) : await readCalibration(given);
  if (found === undefined || found.model === (await hashFile(model))) return found;
  if (given !== undefined)
    throw usageError(`${given} was fitted for another model than ${model}; fit one with \`zian calibrate\`.`);
  noter(
    host.streams,
    request,
  )(
    `note: ${calibrationPath(model)} was fitted for another model, so no confidence is given; fit it again with \`zian calibrate\`.`,
  );
  return undefined;
}

const hashText = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');

async function openTable(
  request: LocalizeRequest,
  how: LocalizeHow,
  list: readonly string[],
  images: readonly TableImage[],
): Promise<TableRun<TableImage> | undefined> {
  const { csv, task, dtype, round = false, restart = false, shard } = request;
  const { flipTest, refine, calibration } = how;
  if (csv === undefined) return undefined;
  const format = request.format ?? (task === 'scleral-spur' ? 'age' : 'refuge');
  const settings = {
    ...{ model: await hashFile(request.model), task, dtype },
    ...(flipTest === undefined ? {} : { flipTest }),
    ...(refine === undefined ? {} : { refine }),
    ...(calibration === undefined ? {} : { calibration: hashText(calibration) }),
  };
  return await TableRun.open({ path: csv, format, round, restart, settings, list, shard, images });
}

/** Runs `zian localize`. */
export async function localizeImages(host: CommandHost, request: LocalizeRequest): Promise<void> {
  checkOptions(request);
  const { csv, dump, model } = request;
  const { images: found, problems } = await findImages(request.inputs);
  if (dump !== undefined && found.length > 1)
    throw usageError(`--dump takes one image, but there are ${found.length}; run them one by one.`);
  const { list, images } = await planImages(request, found);
  await refuseOverwriting(
    [
      ...images.flatMap(({ overlay }) => overlay ?? []),
      ...(dump === undefined ? [] : [dump]),
      ...(csv === undefined ? [] : [csv, journalPath(csv)]),
    ],
    [...found.map(({ path }) => path), model],
  );
  for (const { message } of problems) {
    host.streams.err(errorLine(message));
    host.exit(EXIT_CODES.input);
  }
  if (found.length === 0) return;
  const { flipTest, refine } = request;
  const how = { flipTest, refine, calibration: await findCalibration(host, request) };
  const table = await openTable(request, how, list, images);
  const bar = csv === undefined ? undefined : startBatchProgress(host.streams, request);
  try {
    await run(host, request, how, images, table, bar);
  } finally {
    bar?.finish();
  }
}

async function run(
  host: CommandHost,
  request: LocalizeRequest,
  how: LocalizeHow,
  images: readonly TableImage[],
  table: TableRun<TableImage> | undefined,
  bar: BatchProgress | undefined,
): Promise<void> {
  const { streams } = host;
  const { task, json = false, dump, csv } = request;
  const todo = table?.todo ?? images;
  const report = new BatchReport(images.length, images.length - todo.length);
  const fail = (path: string, message: string): void => {
    const text = message.startsWith(path) ? message : `${path}: ${message}`;
    const line = errorLine(text);
    if (bar === undefined) streams.err(line);
    else bar.line(line.trimEnd());
    report.failures.push({ image: path, error: text });
    host.exit(EXIT_CODES.input);
  };
  for (const { image, message } of table?.failedBefore ?? []) fail(image.path, message);
  if (report.before > 0)
    noter(
      streams,
      request,
    )(`${report.before} of ${images.length} images were done before, and are not done again.`);
  const jobs = host.openImageJobs(todo.length > 1 ? request.workers : 0);
  const update = (): void => bar?.update(report.state);
  try {
    const times = await runBatch({
      task,
      how,
      images: todo,
      size: request.batch ?? 1,
      jobs,
      open: async () => {
        const opened = await request.open();
        report.start();
        update();
        return opened;
      },
      ...(dump === undefined ? {} : { onDecoded: (decoded, opened) => writeDump(dump, decoded, opened) }),
      onResult: (image, { json: object, line }) => {
        table?.result(image, object);
        if (table === undefined) streams.out(`${json ? JSON.stringify(object) : line}\n`);
        report.done++;
        update();
      },
      onFailure: (image, message) => {
        table?.failure(image, message);
        fail(image.path, message);
        report.done++;
        update();
      },
      // Nobody reads on, and nothing else was asked for.
      stop: () =>
        streams.outClosed() && table === undefined && dump === undefined && images[0]?.overlay === undefined,
    });
    report.waiting = times.waiting;
  } finally {
    await table?.close();
    await jobs.close();
  }
  if (table === undefined || csv === undefined) return;
  const rows = await table.write();
  bar?.finish();
  if (json) streams.out(`${JSON.stringify(report.json(csv, rows))}\n`);
  noter(streams, request)(report.line(csv, rows));
}
