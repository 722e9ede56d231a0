import { Argument, type Command } from 'commander';
import { bashCompletion } from '../completion/bash.js';
import { fishCompletion } from '../completion/fish.js';
import { type ProgramSpec, programSpec } from '../completion/spec.js';
import { zshCompletion } from '../completion/zsh.js';
import type { CommandHost } from '../context.js';

const EXAMPLES = `
Examples:
  $ source <(zian completion bash)                                  # for this session
  $ zian completion bash > ~/.local/share/bash-completion/completions/zian
  $ zian completion zsh > "\${fpath[1]}/_zian"
  $ zian completion fish > ~/.config/fish/completions/zian.fish`;

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

const SCRIPTS: Readonly<Record<Shell, (spec: ProgramSpec) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** `zian completion`. */
export function addCompletion(program: Command, { streams }: CommandHost): void {
  program
    .command('completion')
    .summary('print a script that completes commands and options in a shell')
    .description('Prints a script by which a shell completes commands, options and their values.')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .addHelpText('after', EXAMPLES)
    .action((shell: Shell) => streams.out(SCRIPTS[shell](programSpec(program))));
}
