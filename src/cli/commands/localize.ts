import { type Command, Option } from 'commander';
import { bundledModel, TASKS, type Task } from '../../node/bundled-models.js';
import type { ModelDtype } from '../../zian/model-file.js';
import type { Refinement } from '../../zian/refine.js';
import { TABLE_FORMATS, type TableFormat } from '../batch/result-table.js';
import { parseShard, type Shard } from '../batch/shard.js';
import type { CommandHost, GlobalOptions } from '../context.js';
import { localizeImages } from '../localize-images.js';
import { openModel } from '../open-model.js';
import { batchOption, precisionOption, refineOption, workersOption } from './localize-options.js';

interface Options extends GlobalOptions {
  readonly model?: string;
  readonly task: Task;
  readonly output?: string;
  readonly overlays?: string;
  readonly json?: boolean;
  readonly flipTest?: boolean;
  readonly refine?: Refinement;
  readonly calibration?: string | boolean;
  readonly dump?: string;
  readonly dtype: ModelDtype;
  readonly csv?: string;
  readonly format?: TableFormat;
  readonly round?: boolean;
  readonly restart?: boolean;
  readonly shard?: Shard;
  readonly workers: number;
  readonly batch: number;
}

const EXAMPLES = `
Examples:
  $ zian localize examples/fundus-1.png -o overlay.png
  $ zian localize examples/asoct-1.jpg --task scleral-spur -o overlay.png
  $ zian localize images/*.jpg -m fovea.safetensors -o overlays --json > results.jsonl
  $ zian localize photographs -m fovea.safetensors --csv fovea.csv --overlays overlays
  $ zian localize scans --task scleral-spur --csv spurs.csv
  $ zian localize 'clinic-*/**/*.png' --csv results.jsonl --format jsonl
  $ zian localize list.csv --csv part-2.csv --shard 2/8

The bundled models are for demonstration: trained on synthetic images only.

Images are files, folders (with all in them), patterns, or lists: .csv with a column 'path', .txt with a path per line, both
relative to the list. With --csv results are kept in FILE.journal.jsonl as they come; the same command run again goes on
where it was stopped, and redoes images that have changed. The table is written at the end, in the images' order.
Landmarks are in 0-based pixels of the original image, (0, 0) being the centre of its first pixel; in the challenges' tables
(refuge, age, gamma, palm) they are 1-based.
With a calibration (the bundled models have one, \`zian calibrate\` makes one) results as JSON have a confidence: the probability that
the error is within a share of the image's width, which the calibration states.
An image that cannot be used is reported on stderr, the others are done, and the exit code is 3.
Not a medical device.`;

/** `zian localize`. */
export function addLocalize(program: Command, host: CommandHost): void {
  program
    .command('localize')
    .summary('find the landmark in images')
    .description('Finds the fovea in fundus photographs, or the scleral spur in AS-OCT scans.')
    .argument('<images...>', 'images, folders, patterns or lists of images')
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
    .option('--overlays <folder>', 'folder to write an overlay of each image to')
    .option('--csv <file>', 'table of all results to write; what it has so far is resumed')
    .addOption(
      new Option('--format <format>', 'of the table: refuge unless given, age for scans').choices(
        TABLE_FORMATS,
      ),
    )
    .option('--round', 'whole pixels in the table')
    .option('--restart', 'forget what earlier runs have done for the table')
    .addOption(
      new Option('--shard <part/parts>', 'do one part of the list, such as 2/8').argParser(parseShard),
    )
    .addOption(workersOption())
    .addOption(batchOption())
    .option('--json', 'print one JSON object per image and line; with --csv one about the whole run')
    .option('--flip-test', 'average with the mirrored image, also where the model does not ask for it')
    .option('--no-flip-test', 'do not, where the model asks for it: half the time, a little less exact')
    .addOption(refineOption())
    .option(
      '--calibration <file>',
      "the model's, for confidences; unless given MODEL.calibration.json beside it",
    )
    .option('--no-calibration', 'no confidences')
    .option('--dump <file>', 'write every stage of the network (.safetensors); one image only')
    .addOption(precisionOption())
    .addHelpText('after', EXAMPLES)
    .action(async (inputs: string[], _: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      const model = options.model ?? (await bundledModel(options.task));
      const open = () => openModel(host, options, model, options.dtype, options.batch);
      // commander's default, beside a --no- option, is true.
      const { calibration: given, ...others } = options;
      const calibration = given === true || given === undefined ? {} : { calibration: given };
      await localizeImages(host, { ...others, ...calibration, inputs, model, open });
    });
}
