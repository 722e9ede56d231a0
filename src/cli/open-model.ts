import { basename } from 'node:path';
import type { ModelDtype } from '../zian/model-file.js';
import { type CommandHost, type GlobalOptions, noter } from './context.js';
import type { OpenedEngine } from './engine.js';
import { noticeLine } from './localize-format.js';
import { startProgress } from './progress.js';

/** Loads the model, with a bar on the terminal, and shows its notice. */
export async function openModel(
  { openEngine, streams }: CommandHost,
  options: GlobalOptions,
  model: string,
  dtype: ModelDtype,
  batch?: number,
): Promise<OpenedEngine> {
  const note = noter(streams, options);
  const progress = startProgress('loading', streams, options);
  let opened: OpenedEngine;
  try {
    const { adapter, tuning } = options;
    opened = await openEngine({ model, adapter, dtype, batch, tuning, note, onProgress: progress.update });
  } finally {
    progress.finish();
  }
  const { notice } = opened.engine.metadata;
  if (notice !== undefined) note(`${basename(model)}: ${noticeLine(notice)}`);
  return opened;
}
