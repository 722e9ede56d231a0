import type { Command } from 'commander';
import { usageError } from '../../errors.js';
import { openFileSource } from '../../node/file-source.js';
import { readImageFile } from '../../node/images/decode.js';
import { openSafetensors } from '../../weights/index.js';
import { type ModelDtype, parseModelMetadata } from '../../zian/model-file.js';
import type { CommandHost, GlobalOptions } from '../context.js';
import { wholeNumber } from '../number-option.js';
import { openModel } from '../open-model.js';
import { formatVerify } from '../verify/format.js';
import { Reference } from '../verify/reference.js';
import { runSelf } from '../verify/self/run-self.js';
import { verifyModel } from '../verify/verify.js';
import { precisionOption } from './localize-options.js';

interface Options extends GlobalOptions {
  readonly image?: string;
  readonly json?: boolean;
  readonly dtype: ModelDtype;
  readonly self?: boolean;
  readonly model?: string;
  readonly samples: number;
  readonly report?: string;
}

const EXAMPLES = `
Examples:
  $ zian verify fovea.safetensors refuge-full-a.safetensors --image a.png
  $ zian verify fovea.safetensors refuge-full-a.safetensors --image a.png --json
  $ zian verify --self
  $ zian verify --self -m fovea.safetensors --report bug-report.json

The reference holds PyTorch's tensors under the names of the network's stages: STAGE or STAGE__everyN for every
Nth element, after float64. or float64_with_float32_grid. for higher precision and flipped. for the mirrored image.
The exit code is 1 where a stage or a point is beyond its tolerance.

--self needs no reference: it runs the network that \`zian localize\` runs layer by layer, reads what each layer was given and what
it made, and computes that again on the CPU in double precision: some elements of each convolution (--samples), some tokens of each
attention, all elements of the rest. It names the first layer that is wrong, and the exit code is 1. It takes seconds for the bundled
models and a few minutes for the released size. The picture is one by a formula unless --image names one. --report writes adapter,
driver, versions, limits and each layer's errors to a file for a bug report: no image, no paths, no names.`;

/** `zian verify`. */
export function addVerify(program: Command, host: CommandHost): void {
  program
    .command('verify')
    .summary("compare a model's stages with PyTorch's, or its layers with a reference on the CPU")
    .description(
      'Runs the network and compares it stage by stage with tensors that PyTorch computed, or, with --self, layer by layer with a reference in double precision.',
    )
    .argument('[model]', 'model file, as `zian convert` makes it')
    .argument('[reference]', "PyTorch's tensors (.safetensors)")
    .option('--image <file>', 'the image that the reference was made from')
    .option('--self', 'compare every layer with the reference on the CPU; needs no other file')
    .option('-m, --model <file>', 'with --self: model file in place of the bundled one')
    .option('--samples <number>', 'with --self: elements of each convolution to compare', wholeNumber(1), 200)
    .option('--report <file>', 'with --self: file to write what a bug report needs to (.json)')
    .option('--json', 'print one JSON object')
    .addOption(precisionOption())
    .addHelpText('after', EXAMPLES)
    .action(
      async (model: string | undefined, reference: string | undefined, _: unknown, command: Command) => {
        const options = command.optsWithGlobals<Options>();
        if (options.self) {
          if (reference !== undefined || (model !== undefined && options.model !== undefined))
            throw usageError('--self takes one model and no reference; leave out the other files.');
          await runSelf(host, { ...options, model: options.model ?? model });
          return;
        }
        for (const name of ['model', 'report'] as const)
          if (options[name] !== undefined)
            throw usageError(
              `--${name} goes with --self; the model to compare with a reference is an argument.`,
            );
        if (model === undefined || reference === undefined || options.image === undefined)
          throw usageError(
            "zian verify needs a model, a reference and the reference's --image; without a reference use --self.",
          );
        await compare(host, options, model, reference, options.image);
      },
    );
}

async function compare(
  host: CommandHost,
  options: Options,
  model: string,
  referencePath: string,
  imagePath: string,
): Promise<void> {
  const source = await openFileSource(referencePath);
  try {
    const reference = new Reference(await openSafetensors(source));
    const image = await readImageFile(imagePath);
    const opened = await openModel(host, options, model, options.dtype);
    try {
      const stored = parseModelMetadata(opened.engine.metadata, model).dtype;
      const report = await verifyModel(reference, image, opened, options.dtype === 'f16' ? 'f16' : stored);
      host.streams.out(options.json ? `${JSON.stringify(report)}\n` : formatVerify(report));
      if (!report.ok) host.exit(1);
    } finally {
      await opened.close();
    }
  } finally {
    await source.close();
  }
}
