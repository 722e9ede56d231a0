import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import { EXIT_CODES, usageError, ZianError } from '../../errors.js';
import { bundledModel, TASKS, type Task } from '../../node/bundled-models.js';
import type { ModelDtype } from '../../zian/model-file.js';
import { type CommandHost, type GlobalOptions, noter } from '../context.js';
import type { OpenedEngine } from '../engine.js';
import { decode, drawOverlay, localize, writeDump, writePicture } from '../localize.js';
import { noticeLine, resultJson, resultLine, scanJson, scanLine } from '../localize-format.js';
import type { DecodedImage } from '../localize-result.js';
import { localizeScan } from '../localize-scan.js';
import { overlayPaths, refuseOverwriting } from '../output-paths.js';
import { startProgress } from '../progress.js';
import { printError } from '../report-error.js';

interface Options extends GlobalOptions {
  readonly model?: string;
  readonly task: Task;
  readonly output?: string;
  readonly json?: boolean;
  readonly flipTest?: boolean;
  readonly dump?: string;
  readonly dtype: ModelDtype;
}

const EXAMPLES = `
Examples:
  $ zian localize examples/fundus-1.png -o overlay.png
  $ zian localize examples/asoct-1.jpg --task scleral-spur -o overlay.png
  $ zian localize images/*.jpg -m fovea.safetensors -o overlays --json > results.jsonl

The bundled models are for demonstration: trained on synthetic images only.

Landmarks are in 0-based pixels of the original image; (0, 0) is the centre of its first pixel.
An image that cannot be used is reported on stderr, the others are done, and the exit code is 3.
Not a medical device.`;

/** `zian localize`. */
export function addLocalize(program: Command, host: CommandHost): void {
  program
    .command('localize')
    .summary('find the landmark in images')
    .description('Finds the fovea in fundus photographs, or the scleral spur in AS-OCT scans.')
    .argument('<images...>', 'PNG or JPEG files')
    .option(
      '-m, --model <file>',
      "model file, as `zian convert` makes it, in place of the task's bundled one",
    )
    .addOption(
      new Option('--task <what>', 'fovea, or scleral-spur: whole AS-OCT scans, two landmarks each')
        .choices(TASKS)
        .default('fovea'),
    )
    .option('-o, --output <path>', 'overlay to write (.png); with several images the folder to write them to')
    .option('--json', 'print one JSON object per image and line')
    .option('--flip-test', 'average with the mirrored image')
    .option('--dump <file>', 'write every stage of the network (.safetensors); one image only')
    .addOption(precisionOption())
    .addHelpText('after', EXAMPLES)
    .action(async (images: string[], _: unknown, command: Command) => {
      await run(host, images, command.optsWithGlobals<Options>());
    });
}

export const precisionOption = (): Option =>
  new Option('--dtype <type>', 'precision to compute in').choices(['f32', 'f16']).default('f32');

async function run(host: CommandHost, images: readonly string[], options: Options): Promise<void> {
  const { streams } = host;
  const { dump, dtype, task } = options;
  const model = options.model ?? (await bundledModel(task));
  if (dump !== undefined && task === 'scleral-spur') {
    throw usageError('--dump writes the stages of one image, but a scan is two; dump each half by itself.');
  }
  if (dump !== undefined && images.length > 1) {
    throw usageError(`--dump takes one image, but there are ${images.length}; run them one by one.`);
  }
  const overlays = options.output === undefined ? undefined : await overlayPaths(options.output, images);
  await refuseOverwriting([...(overlays ?? []), ...(dump === undefined ? [] : [dump])], [...images, model]);

  // Opened for the first image that can be decoded: a wrong path should not cost loading a model.
  let opened: OpenedEngine | undefined;
  try {
    for (const [i, path] of images.entries()) {
      // Nobody reads on, and nothing else was asked for.
      if (streams.outClosed() && overlays === undefined && dump === undefined) break;
      const decoded = await attempt(host, path, () => decode(path));
      if (decoded === undefined) continue;
      const engine = opened ?? (await openModel(host, options, model, dtype));
      opened = engine;
      await attempt(host, path, () => one(host, options, decoded, engine, overlays?.[i]));
    }
  } finally {
    await opened?.close();
  }
}

/** Everything that was asked for about one image. */
async function one(
  { streams }: CommandHost,
  { json, flipTest = false, dump, task }: Options,
  decoded: DecodedImage,
  engine: OpenedEngine,
  overlay: string | undefined,
): Promise<void> {
  if (task === 'scleral-spur') {
    const { done, overlay: drawn } = await localizeScan(decoded, engine, flipTest, overlay !== undefined);
    streams.out(`${json ? JSON.stringify(scanJson(done)) : scanLine(done)}\n`);
    if (overlay !== undefined && drawn !== undefined) await writePicture(overlay, drawn);
    return;
  }
  const done = await localize(decoded, engine, flipTest);
  streams.out(`${json ? JSON.stringify(resultJson(done)) : resultLine(done)}\n`);
  if (overlay !== undefined) await writePicture(overlay, await drawOverlay(done, engine));
  if (dump !== undefined) await writeDump(dump, decoded, engine);
}

/** What is wrong with one image is reported, and does not concern the next; anything else ends the command. */
async function attempt<T>(host: CommandHost, path: string, action: () => Promise<T>): Promise<T | undefined> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof ZianError) || error.kind !== 'input') throw error;
    printError(host, error.message.startsWith(path) ? error.message : `${path}: ${error.message}`);
    host.exit(EXIT_CODES.input);
    return undefined;
  }
}

/** Loads the model, with a bar on the terminal, and shows its notice. */
export async function openModel(
  { openEngine, streams }: CommandHost,
  options: GlobalOptions,
  model: string,
  dtype: ModelDtype,
): Promise<OpenedEngine> {
  const note = noter(streams, options);
  const progress = startProgress('loading', streams, options);
  let opened: OpenedEngine;
  try {
    const { adapter, tuning } = options;
    opened = await openEngine({ model, adapter, dtype, tuning, note, onProgress: progress.update });
  } finally {
    progress.finish();
  }
  const { notice } = opened.engine.metadata;
  if (notice !== undefined) note(`${basename(model)}: ${noticeLine(notice)}`);
  return opened;
}
