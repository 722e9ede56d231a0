export { adapterKey } from '../graph/device.js';
export { callSignature } from './call-signature.js';
export { chooseFrom, type TuneOptions, type TuneResult, tune } from './tune.js';
export { Tuner } from './tuner.js';
export type { TuningMode } from './tuning-mode.js';
export { parseTuningTable, type TunedCall, TuningTable } from './tuning-table.js';
