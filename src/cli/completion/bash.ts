import type { CommandSpec, OptionSpec, ProgramSpec } from './spec.js';
import { optionsOf, spellings } from './words.js';

const words = (options: readonly OptionSpec[]): string => options.flatMap(spellings).join(' ');

/** Cases of `COMMAND OPTION` with the values that the option takes; files where it takes any. */
function valueCases(command: string, options: readonly OptionSpec[]): string[] {
  return options
    .filter(({ takesValue }) => takesValue)
    .map((option) => {
      const patterns = spellings(option)
        .map((word) => `"${command} ${word}"`)
        .join('|');
      const { choices } = option;
      const reply =
        choices.length === 0 ? '' : `COMPREPLY=($(compgen -W "${choices.join(' ')}" -- "$cur")); `;
      return `    ${patterns}) ${reply}return ;;`;
    });
}

const argumentChoices = ({ arguments: [first] }: CommandSpec): readonly string[] => first?.choices ?? [];

/** A completion script for bash; where nothing is known of a word, files are offered. */
export function bashCompletion(spec: ProgramSpec): string {
  const { program, commands } = spec;
  const names = commands.map(({ name }) => name);
  const optionCases = commands.map(
    (command) => `      ${command.name}) words="${words(optionsOf(spec, command))}" ;;`,
  );
  const values = [
    ...valueCases('', program.options),
    ...commands.flatMap((command) => valueCases(command.name, optionsOf(spec, command))),
  ];
  const chosen = commands
    .filter((command) => argumentChoices(command).length > 0)
    .map(
      (command) =>
        `    ${command.name}) COMPREPLY=($(compgen -W "${argumentChoices(command).join(' ')}" -- "$cur")) ;;`,
    );
  return `# Completion of zian for bash:  source <(zian completion bash)
_zian() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command= words= i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${COMP_WORDS[i]}" in
      ${names.join('|')}) command=\${COMP_WORDS[i]}; break ;;
    esac
  done
  case "$command $prev" in
${values.join('\n')}
  esac
  if [[ $cur == -* ]]; then
    case "$command" in
      '') words="${words(program.options)}" ;;
${optionCases.join('\n')}
    esac
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
    return
  fi
  case "$command" in
    '') COMPREPLY=($(compgen -W "${names.join(' ')}" -- "$cur")) ;;
${chosen.join('\n')}
  esac
}
complete -o default -F _zian zian
`;
}
