import { Command, Option } from 'commander';
import { addBench } from './commands/bench.js';
import { addCalibrate } from './commands/calibrate.js';
import { addCompletion } from './commands/completion.js';
import { addConvert } from './commands/convert.js';
import { addDoctor } from './commands/doctor.js';
import { addEnsemble } from './commands/ensemble.js';
import { addEvaluate } from './commands/evaluate.js';
import { addExportOnnx } from './commands/export-onnx.js';
import { addInspect } from './commands/inspect.js';
import { addLocalize } from './commands/localize.js';
import { addMerge } from './commands/merge.js';
import { addTune } from './commands/tune.js';
import { addVerify } from './commands/verify.js';
import type { CliContext, CommandHost } from './context.js';
import { reportError } from './report-error.js';
import { safeStreams } from './safe-streams.js';

const AFTER = `
Examples:
  $ zian doctor
  $ zian convert model_best.pth --config refuge -o fovea.safetensors
  $ zian localize retina.jpg -m fovea.safetensors -o overlay.png
  $ zian localize --help

Exit codes: 0 done, 1 verification failed, 2 wrong usage, 3 unusable input, 4 no usable GPU adapter.
Not a medical device.`;

/** The command line's definition, which is also what completions and docs/cli.md are made of. */
export function makeProgram(host: CommandHost): Command {
  const { streams } = host;
  const program = new Command('zian')
    .description('Finds the fovea in fundus photographs and the scleral spur in AS-OCT scans, on WebGPU.')
    .version(host.version)
    .option('--adapter <which>', 'auto, hardware, software, or part of an adapter name', 'auto')
    .addOption(
      new Option(
        '--tuning <how>',
        'kernels by measurements: off, use those that are kept, or measure what is missing (default: measure on GPUs)',
      ).choices(['off', 'use', 'measure']),
    )
    .option('--quiet', 'no notes and no progress on stderr', false)
    .addHelpText('after', AFTER)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: streams.out, writeErr: streams.err })
    .exitOverride();
  for (const add of [
    addLocalize,
    addMerge,
    addEvaluate,
    addEnsemble,
    addCalibrate,
    addConvert,
    addInspect,
    addVerify,
    addTune,
    addBench,
    addExportOnnx,
    addDoctor,
    addCompletion,
  ])
    add(program, host);
  return program;
}

/**
 * Runs one command line.
 * @param args without the program's own name
 * @returns the exit code: 0, 1 (verification failed), 2 (usage), 3 (input), 4 (device) or 70 (unexpected)
 */
export async function runCli(args: readonly string[], outside: CliContext): Promise<number> {
  const context: CliContext = { ...outside, streams: safeStreams(outside.streams) };
  let exitCode = 0;
  const host: CommandHost = {
    ...context,
    exit: (code) => {
      exitCode = code;
    },
  };
  try {
    await makeProgram(host).parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    return reportError(error, context);
  }
}
