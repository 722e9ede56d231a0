import type { Command } from 'commander';
import { openFileSource } from '../../node/file-source.js';
import { readImageFile } from '../../node/images/decode.js';
import { openSafetensors } from '../../weights/index.js';
import { type ModelDtype, parseModelMetadata } from '../../zian/model-file.js';
import type { CommandHost, GlobalOptions } from '../context.js';
import { openModel } from '../open-model.js';
import { formatVerify } from '../verify/format.js';
import { Reference } from '../verify/reference.js';
import { verifyModel } from '../verify/verify.js';
import { precisionOption } from './localize-options.js';

interface Options extends GlobalOptions {
  readonly image: string;
  readonly json?: boolean;
  readonly dtype: ModelDtype;
}

const EXAMPLES = `
Examples:
  $ zian verify fovea.safetensors refuge-full-a.safetensors --image a.png
  $ zian verify fovea.safetensors refuge-full-a.safetensors --image a.png --json

The reference holds PyTorch's tensors under the names of the network's stages: STAGE or STAGE__everyN for every
Nth element, after float64. or float64_with_float32_grid. for higher precision and flipped. for the mirrored image.
The exit code is 1 where a stage or a point is beyond its tolerance.`;

/** `zian verify`. */
export function addVerify(program: Command, host: CommandHost): void {
  program
    .command('verify')
    .summary("compare a model's stages with PyTorch's")
    .description('Runs the network and compares it stage by stage with tensors that PyTorch computed.')
    .argument('<model>', 'model file, as `zian convert` makes it')
    .argument('<reference>', "PyTorch's tensors (.safetensors)")
    .requiredOption('--image <file>', 'the image that the reference was made from')
    .option('--json', 'print one JSON object')
    .addOption(precisionOption())
    .addHelpText('after', EXAMPLES)
    .action(async (model: string, referencePath: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      const source = await openFileSource(referencePath);
      try {
        const reference = new Reference(await openSafetensors(source));
        const image = await readImageFile(options.image);
        const opened = await openModel(host, options, model, options.dtype);
        try {
          const stored = parseModelMetadata(opened.engine.metadata, model).dtype;
          const report = await verifyModel(
            reference,
            image,
            opened,
            options.dtype === 'f16' ? 'f16' : stored,
          );
          host.streams.out(options.json ? `${JSON.stringify(report)}\n` : formatVerify(report));
          if (!report.ok) host.exit(1);
        } finally {
          await opened.close();
        }
      } finally {
        await source.close();
      }
    });
}
