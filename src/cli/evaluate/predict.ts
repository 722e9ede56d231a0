import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, extname, join } from 'node:path';
import { inputError } from '../../errors.js';
import type { CommandHost } from '../context.js';
import { type LocalizeRequest, localizeImages } from '../localize-images.js';
import { openModel } from '../open-model.js';

/** A model to be evaluated, and on what. */
export type PredictRequest = Pick<
  LocalizeRequest,
  'model' | 'inputs' | 'task' | 'dtype' | 'flipTest' | 'workers' | 'adapter' | 'tuning' | 'quiet'
> & {
  /** Where the results go; a temporary place unless given. */
  readonly predictions?: string;
};

/** Results of both stages in a file that is removed afterwards if it is temporary. */
export interface Predicted extends AsyncDisposable {
  readonly path: string;
}

/** Localises images with a model; what cannot be used is reported, and missing in the results. */
export async function predict(host: CommandHost, request: PredictRequest): Promise<Predicted> {
  const { predictions, model, inputs, task, dtype, workers, adapter, tuning, quiet, flipTest } = request;
  const global = { adapter, quiet, ...(tuning === undefined ? {} : { tuning }) };
  const folder = predictions === undefined ? await mkdtemp(join(tmpdir(), 'zian-evaluate-')) : undefined;
  const path = predictions ?? join(folder ?? '', `${basename(model, extname(model))}.jsonl`);
  const remove = async (): Promise<void> => {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  };
  try {
    await localizeImages(host, {
      ...{ model, inputs, task, dtype, workers, ...global },
      ...(flipTest === undefined ? {} : { flipTest }),
      csv: path,
      format: 'jsonl',
      open: () => openModel(host, global, model, dtype),
    });
    await access(path).catch(() => {
      throw inputError(`There are no images to localise in ${inputs.join(', ')}.`);
    });
  } catch (error) {
    await remove();
    throw error;
  }
  return { path, [Symbol.asyncDispose]: remove };
}
