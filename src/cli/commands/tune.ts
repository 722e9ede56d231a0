import { type Command, InvalidArgumentError, Option } from 'commander';
import { bundledModel } from '../../node/bundled-models.js';
import type { ModelDtype } from '../../zian/model-file.js';
import { type CommandHost, type GlobalOptions, noter } from '../context.js';
import { startProgress } from '../progress.js';
import { runTune, type TuneAction } from '../tune.js';
import { precisionOption } from './localize-options.js';

interface Options extends GlobalOptions {
  readonly dtype: ModelDtype;
  readonly budget: number;
  readonly again?: boolean;
  readonly show?: boolean;
  readonly clear?: boolean;
  readonly export?: string;
  readonly import?: string;
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  $ zian tune                                    measure the bundled model's kernels
  $ zian tune fovea.safetensors --budget 120     measure another model's, for two minutes at most
  $ zian tune --show                             what has been measured on this adapter
  $ zian tune --export h100.json                 keep it, for machines of the same kind
  $ zian --adapter swiftshader tune --clear      forget it

Every variant must agree with the plain one before it may win. Measurements are kept in the user's cache for each
adapter and driver; \`--tuning off\` does without them.`;

function seconds(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('a number of seconds above 0 is expected.');
  return value;
}

/** `zian tune`. */
export function addTune(program: Command, host: CommandHost): void {
  program
    .command('tune')
    .summary('measure which kernel variants are fastest on this adapter')
    .description(
      "Measures the variants of a model's kernels on an adapter, and keeps the fastest for later runs.",
    )
    .argument('[model]', 'model file; the bundled fovea model unless given')
    .addOption(precisionOption())
    .addOption(
      new Option('--budget <seconds>', 'no further kernel is begun after this')
        .argParser(seconds)
        .default(60),
    )
    .option('--again', 'measure what is known as well')
    .addOption(
      new Option('--show', 'print what is known, measure nothing').conflicts(['clear', 'export', 'import']),
    )
    .addOption(new Option('--clear', 'forget what is known').conflicts(['export', 'import']))
    .addOption(new Option('--export <file>', 'write what is known to a file (.json)').conflicts('import'))
    .option('--import <file>', 'take over what such a file says')
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (model: string | undefined, _: unknown, command: Command) => {
      await run(host, model, command.optsWithGlobals<Options>());
    });
}

async function run(host: CommandHost, model: string | undefined, options: Options): Promise<void> {
  const { streams } = host;
  const progress = startProgress('tuning', streams, options);
  try {
    const text = await runTune(await actionOf(model, options), {
      adapter: options.adapter,
      json: options.json ?? false,
      note: noter(streams, options),
      onProgress: progress.update,
    });
    progress.finish();
    streams.out(text);
  } finally {
    progress.finish();
  }
}

async function actionOf(model: string | undefined, options: Options): Promise<TuneAction> {
  if (options.show) return { kind: 'show' };
  if (options.clear) return { kind: 'clear' };
  if (options.export !== undefined) return { kind: 'export', path: options.export };
  if (options.import !== undefined) return { kind: 'import', path: options.import };
  return {
    kind: 'measure',
    model: model ?? (await bundledModel('fovea')),
    dtype: options.dtype,
    budgetMilliseconds: 1000 * options.budget,
    again: options.again ?? false,
  };
}
