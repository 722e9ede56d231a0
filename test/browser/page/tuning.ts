import { clearTuning, parseTuningTable, readTuning, Tuner, writeTuning, Zian } from '../../../src/index.js';
import { pageDevice } from './device.js';

/** Loads a model with a tuner that measures for so long, and keeps its table. @returns calls in it */
export async function tuneModel(path: string, budgetMilliseconds: number): Promise<number> {
  const device = await pageDevice();
  const table = await readTuning(device.report);
  const zian = await Zian.load({ model: path, device, tuning: new Tuner(table, { budgetMilliseconds }) });
  zian.destroy();
  await writeTuning(device.report, table);
  return table.size;
}

/** What is kept for the adapter. */
export async function keptTuning(): Promise<string> {
  const { report } = await pageDevice();
  return (await readTuning(report)).serialize();
}

/** Keeps a table made elsewhere. */
export async function keepTuning(text: string): Promise<void> {
  const { report } = await pageDevice();
  await writeTuning(report, parseTuningTable(text, 'the test'));
}

export async function forgetTuning(): Promise<void> {
  await clearTuning((await pageDevice()).report);
}
