import type { CommandSpec, OptionSpec, ProgramSpec } from './spec.js';

/** All spellings of an option. */
export const spellings = ({ short, long }: OptionSpec): string[] =>
  [short, long].filter((word) => word !== undefined);

/** A command's own options and those that every command takes, each once. */
export function optionsOf({ program }: ProgramSpec, command: CommandSpec): OptionSpec[] {
  const own = new Set(command.options.map(({ flags }) => flags));
  // The version is the program's alone.
  return [
    ...command.options,
    ...program.options.filter(({ flags, long }) => !own.has(flags) && long !== '--version'),
  ];
}

/** Text in single quotes of a POSIX shell, zsh or (`fish`) fish. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
