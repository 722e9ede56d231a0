import type { Command } from 'commander';
import type { CommandHost } from '../context.js';
import { runDoctor } from '../doctor.js';

const EXAMPLES = `
Examples:
  $ zian doctor
  $ zian doctor --json

The exit code is 4 where no adapter can be used.`;

/** `zian doctor`. */
export function addDoctor(program: Command, host: CommandHost): void {
  program
    .command('doctor')
    .summary('test the GPU adapters of this machine')
    .description('Lists adapters, features and limits, runs a self-test on each, and says what is missing.')
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async ({ json }: { json?: boolean }) => {
      const result = await runDoctor();
      host.streams.out(json ? `${JSON.stringify(result.json)}\n` : result.text);
      host.exit(result.exitCode);
    });
}
