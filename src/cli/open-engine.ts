import { loadZian } from '../node/load.js';
import type { OpenEngine } from './engine.js';

/** In the order in which they come. */
const STAGES = ['tuning', 'weights', 'pipelines'];

/** Loads a model on an adapter of this machine. */
export const openEngine: OpenEngine = async ({ model, adapter, dtype, batch, tuning, note, onProgress }) => {
  const { zian, device, close } = await loadZian(model, {
    adapter,
    dtype,
    log: note,
    ...(batch === undefined ? {} : { batch }),
    ...(tuning === undefined ? {} : { tuning }),
    // Thirds of one bar.
    onProgress: ({ stage, done, total }) =>
      onProgress(STAGES.indexOf(stage) * total + done, STAGES.length * total),
  });
  return { engine: zian, adapter: device.report.name, device: device.report, close };
};
