import type { OptionSpec, ProgramSpec } from './spec.js';
import { optionsOf } from './words.js';

/** Text in fish's single quotes. */
const quoted = (text: string): string => `'${text.replace(/['\\]/g, '\\$&')}'`;

function optionLine(
  condition: string,
  { short, long, description, takesValue, choices }: OptionSpec,
): string {
  const parts = [
    ...(short === undefined ? [] : [`-s ${short.slice(1)}`]),
    ...(long === undefined ? [] : [`-l ${long.slice(2)}`]),
    // With a list of values (-x) there are no files.
    ...(choices.length > 0 ? [`-x -a ${quoted(choices.join(' '))}`] : takesValue ? ['-r'] : []),
    `-d ${quoted(description)}`,
  ];
  return `complete -c zian -n ${quoted(condition)} ${parts.join(' ')}`;
}

/** A completion script for fish. */
export function fishCompletion(spec: ProgramSpec): string {
  const none = '__fish_use_subcommand';
  const lines = [
    '# Completion of zian for fish:  zian completion fish | source',
    ...spec.program.options.map((option) => optionLine(none, option)),
  ];
  for (const command of spec.commands) {
    const seen = `__fish_seen_subcommand_from ${command.name}`;
    lines.push(`complete -c zian -n ${quoted(none)} -f -a ${command.name} -d ${quoted(command.summary)}`);
    lines.push(...optionsOf(spec, command).map((option) => optionLine(seen, option)));
    const choices = command.arguments[0]?.choices ?? [];
    if (choices.length > 0)
      lines.push(`complete -c zian -n ${quoted(seen)} -f -a ${quoted(choices.join(' '))}`);
  }
  return `${lines.join('\n')}\n`;
}
