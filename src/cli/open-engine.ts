import { loadZian } from '../node/load.js';
import type { OpenEngine } from './engine.js';

/** Loads a model on an adapter of this machine. */
export const openEngine: OpenEngine = async ({ model, adapter, dtype, note, onProgress }) => {
  const { zian, device, close } = await loadZian(model, {
    adapter,
    dtype,
    log: note,
    // Two halves of one bar; the weights come first.
    onProgress: ({ stage, done, total }) => onProgress((stage === 'weights' ? 0 : total) + done, 2 * total),
  });
  return { engine: zian, adapter: device.report.name, close };
};
