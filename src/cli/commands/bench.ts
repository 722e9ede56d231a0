import type { Command } from 'commander';
import type { CommandHost, GlobalOptions } from '../context.js';

const EXAMPLES = `
Examples:
  $ zian bench --help
  $ zian bench --kernels conv2d --quick
  $ zian bench --model --runs 10 --json figures.json`;

/** `zian bench`: the bench's own program, which has more options than a sub-command should describe twice. */
export function addBench(program: Command, host: CommandHost): void {
  program
    .command('bench')
    .summary('time kernels and the model on this adapter')
    .description(
      'Times kernels and the model on this adapter. `zian bench --help` has its options; bench/README.md, more.',
    )
    .usage('[options]')
    .addHelpText('after', EXAMPLES)
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .action(async (_: unknown, command: Command) => {
      // Loaded when it is wanted: all kernels with their references are a good part of the program.
      const [{ runBench }, { suites }] = await Promise.all([
        import('../../../bench/run.js'),
        import('../../kernels/suites.js'),
      ]);
      const { adapter } = command.optsWithGlobals<GlobalOptions>();
      const { streams, debug } = host;
      host.exit(await runBench([...command.args, '--adapter', adapter], { streams, debug, suites }));
    });
}
