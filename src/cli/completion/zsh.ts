import type { ArgumentSpec, OptionSpec, ProgramSpec } from './spec.js';
import { optionsOf, quoted, spellings } from './words.js';

/** Characters that end a part of an `_arguments` specification. */
const escaped = (text: string): string => text.replace(/[[\]:\\]/g, '\\$&');

const action = (choices: readonly string[]): string =>
  choices.length === 0 ? '_files' : `(${choices.join(' ')})`;

function optionArgument(option: OptionSpec): string[] {
  const value = option.takesValue ? `:value:${action(option.choices)}` : '';
  // May come again: several of the options take lists.
  return spellings(option).map((word) => quoted(`*${word}[${escaped(option.description)}]${value}`));
}

const positional = ({ name, choices }: ArgumentSpec): string =>
  quoted(`${name.includes('...') ? '*' : ''}:${escaped(name.replace(/[<>[\].]/g, ''))}:${action(choices)}`);

/** A completion script for zsh. */
export function zshCompletion(spec: ProgramSpec): string {
  const { program, commands } = spec;
  const descriptions = commands.map(({ name, summary }) => `      ${quoted(`${name}:${escaped(summary)}`)}`);
  const cases = commands.map((command) => {
    const parts = [...optionsOf(spec, command).flatMap(optionArgument), ...command.arguments.map(positional)];
    return `        ${command.name})\n          _arguments -s \\\n            ${parts.join(' \\\n            ')} ;;`;
  });
  return `#compdef zian
# Completion of zian for zsh:  source <(zian completion zsh), after compinit
_zian() {
  local state line
  local -a commands
  _arguments -C \\
    ${program.options.flatMap(optionArgument).join(' \\\n    ')} \\
    '1: :->command' '*:: :->rest'
  case $state in
    command)
      commands=(
${descriptions.join('\n')}
      )
      _describe command commands ;;
    rest)
      case $words[1] in
${cases.join('\n')}
      esac ;;
  esac
}
compdef _zian zian
`;
}
