import type { Argument, Command, Option } from 'commander';

/** An option as it is documented and completed. */
export interface OptionSpec {
  /** As it is declared, such as `-o, --output <file>`. */
  readonly flags: string;
  readonly long: string | undefined;
  readonly short: string | undefined;
  readonly description: string;
  readonly takesValue: boolean;
  /** The values that it takes, where there are only a few. */
  readonly choices: readonly string[];
  readonly required: boolean;
  /** In words; undefined where there is none, or it is `off`. */
  readonly defaultText: string | undefined;
}

export interface ArgumentSpec {
  readonly name: string;
  readonly description: string;
  /** Values that it takes; without any it is files. */
  readonly choices: readonly string[];
}

export interface CommandSpec {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly usage: string;
  readonly arguments: readonly ArgumentSpec[];
  readonly options: readonly OptionSpec[];
  /** What `--help` says below the options: examples and explanations. */
  readonly notes: string;
}

/** The whole command line. */
export interface ProgramSpec {
  readonly program: CommandSpec;
  readonly commands: readonly CommandSpec[];
}

function defaultText({ defaultValue, defaultValueDescription }: Option): string | undefined {
  if (defaultValueDescription !== undefined) return defaultValueDescription;
  if (defaultValue === undefined || typeof defaultValue === 'boolean') return undefined;
  const text = Array.isArray(defaultValue) ? defaultValue.join(',') : String(defaultValue);
  return text === '' ? undefined : text;
}

const optionSpec = (option: Option): OptionSpec => ({
  flags: option.flags,
  long: option.long ?? undefined,
  short: option.short ?? undefined,
  description: option.description,
  takesValue: option.required || option.optional,
  choices: option.argChoices ?? [],
  required: option.mandatory,
  defaultText: defaultText(option),
});

const argumentSpec = (argument: Argument): ArgumentSpec => {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return {
    name: argument.required ? `<${name}>` : `[${name}]`,
    description: argument.description,
    choices: argument.argChoices ?? [],
  };
};

/** What `--help` adds to the text that is made of the options. */
function notesOf(command: Command): string {
  let text = '';
  const { writeOut } = command.configureOutput();
  command.configureOutput({
    writeOut: (piece) => {
      text += piece;
    },
  });
  command.outputHelp();
  command.configureOutput(writeOut === undefined ? {} : { writeOut });
  return text.slice(command.helpInformation().length).trim();
}

const commandSpec = (command: Command): CommandSpec => ({
  name: command.name(),
  summary: command.summary(),
  description: command.description(),
  usage: command.usage(),
  arguments: command.registeredArguments.map(argumentSpec),
  options: [...command.createHelp().visibleOptions(command)].map(optionSpec),
  notes: notesOf(command),
});

/** Reads a command line's definition off the definition itself. */
export const programSpec = (program: Command): ProgramSpec => ({
  program: commandSpec(program),
  commands: program.commands.map(commandSpec),
});
