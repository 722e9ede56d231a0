import { deviceError, inputError } from '../errors.js';
import type { EngineDevice } from '../graph/index.js';
import { openDevice } from '../node/adapters.js';
import { writeFileAtomic } from '../node/atomic-file.js';
import { openFileSource } from '../node/file-source.js';
import { clearTuning, readTuning, writeTuning } from '../node/tuning-file.js';
import { adapterKey, parseTuningTable, type TuneResult, type TuningTable, tune } from '../tuning/index.js';
import { openSafetensors } from '../weights/index.js';
import type { ModelDtype } from '../zian/model-file.js';
import { modelGraph } from '../zian/model-graph.js';
import { formatTuning } from './tune-format.js';

/** What `zian tune` is asked for. */
export type TuneAction =
  | { readonly kind: 'show' | 'clear' }
  | { readonly kind: 'export' | 'import'; readonly path: string }
  | {
      readonly kind: 'measure';
      readonly model: string;
      readonly dtype: ModelDtype;
      readonly budgetMilliseconds: number;
      readonly again: boolean;
    };

/** Where and how it is done. */
export interface TuneContext {
  readonly adapter: string;
  readonly json: boolean;
  readonly note: (line: string) => void;
  readonly onProgress: (done: number, total: number) => void;
}

/** A tuning table is text of some hundred kilobytes. */
const LARGEST_FILE = 64 * 1024 * 1024;

/** Does what `zian tune` is asked for. @returns what it prints */
export async function runTune(action: TuneAction, context: TuneContext): Promise<string> {
  const device = await openDevice(context.adapter, { log: context.note });
  try {
    if (action.kind === 'clear') {
      await clearTuning(device.report);
      return `Forgot what was measured on ${device.report.name}.\n`;
    }
    const table = await readTuning(device.report);
    switch (action.kind) {
      case 'show':
        return shown(table, context);
      case 'export':
        await writeFileAtomic(action.path, new TextEncoder().encode(table.serialize()));
        return `Wrote ${table.size} calls to ${action.path}.\n`;
      case 'import':
        return await importTable(action.path, device);
      case 'measure': {
        const result = await measure(action, device, table, context);
        return shown(table, context, result);
      }
    }
  } finally {
    device.destroy();
  }
}

const shown = (table: TuningTable, { json }: TuneContext, result?: TuneResult): string =>
  json
    ? `${JSON.stringify({ adapter: table.adapter, ...result, calls: Object.fromEntries(table.entries()) })}\n`
    : formatTuning(table, result);

async function importTable(path: string, { report }: EngineDevice): Promise<string> {
  const source = await openFileSource(path);
  try {
    if (source.size > LARGEST_FILE)
      throw inputError(`${path} is no tuning table of this program: it has ${source.size} bytes.`);
    const table = parseTuningTable(new TextDecoder().decode(await source.read(0, source.size)), path);
    if (table.adapter !== adapterKey(report))
      throw deviceError(
        `${path} was measured on '${table.adapter}', and this adapter is '${adapterKey(report)}': its rankings may differ. Choose the adapter with --adapter, or run \`zian tune\` here.`,
      );
    await writeTuning(report, table);
    return `Took over ${table.size} calls from ${path}.\n`;
  } finally {
    await source.close();
  }
}

/** Measures what a model needs, and keeps what was measured, also when it is interrupted by an error. */
async function measure(
  { model, dtype, budgetMilliseconds, again }: Extract<TuneAction, { kind: 'measure' }>,
  device: EngineDevice,
  table: TuningTable,
  { onProgress }: TuneContext,
): Promise<TuneResult> {
  if (dtype === 'f16' && !device.has('shader-f16'))
    throw deviceError(`The adapter '${device.report.name}' has no half-precision arithmetic (shader-f16).`);
  const source = await openFileSource(model);
  try {
    const { graph } = modelGraph(await openSafetensors(source), model, dtype);
    return await tune(graph, device, table, { budgetMilliseconds, again, onProgress });
  } finally {
    await source.close();
    await writeTuning(device.report, table);
  }
}
