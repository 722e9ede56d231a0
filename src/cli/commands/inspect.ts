import type { Command } from 'commander';
import type { CommandHost } from '../context.js';
import { formatInspect, inspectFile } from '../inspect.js';

const EXAMPLES = `
Examples:
  $ zian inspect model_best.pth
  $ zian inspect fovea.safetensors --json

Nothing in the file is executed. With --json each tensor has the SHA-256 of its bytes.`;

/** `zian inspect`. */
export function addInspect(program: Command, host: CommandHost): void {
  program
    .command('inspect')
    .summary('list what is in a checkpoint or model file')
    .description('Lists the tensors and metadata of a PyTorch checkpoint or a safetensors file.')
    .argument('<file>', 'PyTorch checkpoint or safetensors file, told apart by content')
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, { json }: { json?: boolean }) => {
      const report = await inspectFile(file);
      host.streams.out(`${json ? JSON.stringify(report) : formatInspect(report)}\n`);
    });
}
