import type { CommandSpec, ProgramSpec } from './spec.js';

const cell = (text: string): string =>
  text.replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('<', '&lt;');
const code = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``;

const table = (header: readonly string[], rows: readonly (readonly string[])[]): string[] =>
  rows.length === 0
    ? []
    : ['', ...[header, header.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`)];

function optionsTable({ options }: CommandSpec): string[] {
  return table(
    ['option', '', 'values', 'default'],
    options.map(({ flags, description, choices, required, defaultText }) => [
      code(flags),
      cell(description),
      choices.map(code).join(', '),
      required ? 'required' : cell(defaultText ?? ''),
    ]),
  );
}

function notes({ notes: text }: CommandSpec): string[] {
  return text === '' ? [] : ['', '```text', text, '```'];
}

function section(command: CommandSpec): string[] {
  return [
    '',
    `## zian ${command.name}`,
    '',
    command.description,
    '',
    `    zian ${command.name} ${command.usage}`,
    ...table(
      ['argument', ''],
      command.arguments.map(({ name, description, choices }) => [
        code(name),
        cell(choices.length === 0 ? description : `${description}: ${choices.join(', ')}`),
      ]),
    ),
    ...optionsTable(command),
    ...notes(command),
  ];
}

/** The reference of all commands, as Markdown. */
export function cliMarkdown({ program, commands }: ProgramSpec): string {
  return `${[
    '# The command line',
    '',
    'Made by `npm run docs:cli` of the definitions that `zian --help` shows; do not edit it by hand.',
    '',
    program.description,
    '',
    ...commands.map(({ name, summary }) => `- [\`zian ${name}\`](#zian-${name}): ${summary}`),
    '',
    '## Options of every command',
    ...optionsTable(program),
    ...notes(program),
    ...commands.flatMap(section),
  ].join('\n')}\n`;
}
