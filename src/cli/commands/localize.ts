import { type Command, Option } from 'commander';
import { EXIT_CODES, usageError, ZianError } from '../../errors.js';
import type { ModelDtype } from '../../zian/model-file.js';
import { type CommandHost, type GlobalOptions, noter } from '../context.js';
import type { OpenedEngine } from '../engine.js';
import { decode, localize, writeDump, writeOverlay } from '../localize.js';
import { resultJson, resultLine } from '../localize-format.js';
import { overlayPaths, refuseOverwriting } from '../output-paths.js';
import { startProgress } from '../progress.js';
import { printError } from '../report-error.js';

interface Options extends GlobalOptions {
  readonly model?: string;
  readonly output?: string;
  readonly json?: boolean;
  readonly flipTest?: boolean;
  readonly dump?: string;
  readonly dtype: ModelDtype;
}

const EXAMPLES = `
Examples:
  $ zian localize retina.jpg -m fovea.safetensors
  $ zian localize retina.jpg -m fovea.safetensors -o overlay.png
  $ zian localize images/*.jpg -m fovea.safetensors -o overlays --json > results.jsonl

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
    .option('-m, --model <file>', 'model file, as `zian convert` makes it; required')
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
  const { model, dump, dtype, json } = options;
  if (model === undefined) {
    throw usageError(
      'A model is needed for now, since none comes with this package: give one with -m MODEL.safetensors, which `zian convert CHECKPOINT --config refuge -o MODEL.safetensors` makes of a PyTorch checkpoint.',
    );
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
      await attempt(host, path, async () => {
        const done = await localize(decoded, engine, options.flipTest ?? false);
        streams.out(`${json ? JSON.stringify(resultJson(done)) : resultLine(done)}\n`);
        const overlay = overlays?.[i];
        if (overlay !== undefined) await writeOverlay(overlay, done, engine);
        if (dump !== undefined) await writeDump(dump, decoded, engine);
      });
    }
  } finally {
    await opened?.close();
  }
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

/** Loads the model, with a bar on the terminal. */
export async function openModel(
  { openEngine, streams }: CommandHost,
  options: GlobalOptions,
  model: string,
  dtype: ModelDtype,
): Promise<OpenedEngine> {
  const progress = startProgress('loading', streams, options);
  try {
    return await openEngine({
      model,
      adapter: options.adapter,
      dtype,
      note: noter(streams, options),
      onProgress: progress.update,
    });
  } finally {
    progress.finish();
  }
}
