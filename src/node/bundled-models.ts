import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inputError } from '../errors.js';
import { packageAround } from './versions.js';

/** What there is a bundled model for. */
export const TASKS = ['fovea', 'scleral-spur'] as const;
export type Task = (typeof TASKS)[number];

/**
 * Path of the demonstration model that comes with the package.
 * @throws ZianError (input) where the package's own folder is not to be found
 */
export async function bundledModel(task: Task): Promise<string> {
  const own = await packageAround(fileURLToPath(import.meta.url), 'zian-webgpu');
  if (own === undefined)
    throw inputError(
      'The bundled models are not beside this program; give a model with -m MODEL.safetensors.',
    );
  return join(own.root, 'models', `${task}.safetensors`);
}
