import { type Command, Option } from 'commander';
import { type CommandHost, type GlobalOptions, noter } from '../context.js';
import { type ConvertRequest, convertModel } from '../convert.js';
import { formatConverted } from '../convert-format.js';
import { readConfig } from '../experiment-file.js';
import { startProgress } from '../progress.js';

interface Options extends GlobalOptions {
  readonly config: string;
  readonly output: string;
  readonly set: readonly string[];
  readonly dtype: 'f32' | 'f16';
  readonly notice?: string;
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

const EXAMPLES = `
Examples:
  $ zian convert model_best.pth --config refuge -o fovea.safetensors
  $ zian convert model_best.pth --config experiment.yaml -o fovea.safetensors
  $ zian convert model_best.pth --config age --set MODEL.CO_ATTEN=False --dtype f16 -o spur.safetensors

Nothing in the checkpoint is executed. Its tensors must be those of the configuration; what differs is listed.`;

/** `zian convert`. */
export function addConvert(program: Command, host: CommandHost): void {
  program
    .command('convert')
    .summary('make a model file of a PyTorch checkpoint')
    .description("Makes a model file (safetensors) of a checkpoint of the authors' PyTorch code.")
    .argument('<checkpoint>', 'file that torch.save wrote (.pth, .pt)')
    .requiredOption(
      '--config <name|file>',
      "refuge, age or gamma for the released configuration, or the authors' experiment file (.yaml)",
    )
    .requiredOption('-o, --output <file>', 'model file to write (.safetensors)')
    .option('--set <key=value>', 'change one setting, such as MODEL.ROI_NUM=3; may be repeated', collect, [])
    .addOption(new Option('--dtype <type>', 'how weights are stored').choices(['f32', 'f16']).default('f32'))
    .option('--notice <text>', 'one line that is shown to whoever uses the model')
    .addHelpText('after', EXAMPLES)
    .action(async (checkpoint: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      const start = performance.now();
      const { config, unknownKeys } = await readConfig(options.config, options.set);
      const note = noter(host.streams, options);
      if (unknownKeys.length > 0) {
        note(`note: ${options.config} has keys that are not known here: ${unknownKeys.join(', ')}`);
      }
      const progress = startProgress('converting', host.streams, options);
      const request: ConvertRequest = {
        checkpoint,
        config,
        dtype: options.dtype,
        output: options.output,
        version: host.version,
        ...(options.notice === undefined ? {} : { notice: options.notice }),
        onProgress: progress.update,
      };
      try {
        const converted = await convertModel(request);
        progress.finish();
        if (!options.quiet) {
          host.streams.out(formatConverted(request, converted, performance.now() - start));
        }
      } finally {
        progress.finish();
      }
    });
}
