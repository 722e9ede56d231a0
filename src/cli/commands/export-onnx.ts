import type { Command } from 'commander';
import { OPSET } from '../../../tools/export-onnx/index.js';
import type { CommandHost, GlobalOptions } from '../context.js';
import { type Exported, exportModel, type Port } from '../export-onnx.js';
import { startProgress } from '../progress.js';

interface Options extends GlobalOptions {
  readonly output: string;
  readonly backbone?: string;
}

const EXAMPLES = `
Examples:
  $ zian export-onnx fovea.safetensors -o fovea.onnx
  $ zian export-onnx fovea.safetensors --backbone hrnet_roi -o backbone.onnx

The network begins after the preprocessing: its input is the cropped picture [1, 3, height, width], blue, green and red,
normalised as the configuration in the file's metadata says. Outputs are the heat maps, and of each its peak: NAME.index
holds column, row, flat position and 0, NAME.value the largest and the second-largest value and two zeros.
Weights are float32, batch norm is folded.`;

const portText = ({ name, shape }: Port): string => `${name} [${shape.join(', ')}]`;

function formatExported(output: string, { bytes, nodes, inputs, outputs }: Exported): string {
  return [
    `${output}: ${(bytes / 1e6).toFixed(1)} MB, ${nodes} nodes, opset ${OPSET}`,
    `  input: ${inputs.map(portText).join(', ')}`,
    `  outputs: ${outputs.map(portText).join(', ')}\n`,
  ].join('\n');
}

/** `zian export-onnx`. */
export function addExportOnnx(program: Command, host: CommandHost): void {
  program
    .command('export-onnx')
    .summary('write a model as an ONNX file')
    .description('Writes a model, or one of its backbones, as an ONNX file for other engines.')
    .argument('<model>', 'model file made by zian convert (.safetensors)')
    .requiredOption('-o, --output <file>', 'ONNX file to write')
    .option('--backbone <name>', 'only this backbone: hrnet, hrnet_roi, …')
    .addHelpText('after', EXAMPLES)
    .action(async (model: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      const progress = startProgress('exporting', host.streams, options);
      try {
        const exported = await exportModel({
          model,
          output: options.output,
          version: host.version,
          ...(options.backbone === undefined ? {} : { backbone: options.backbone }),
          onProgress: progress.update,
        });
        progress.finish();
        if (!options.quiet) host.streams.out(formatExported(options.output, exported));
      } finally {
        progress.finish();
      }
    });
}
