export type { EngineDevice } from '../graph/index.js';
export type { TuningMode } from '../tuning/index.js';
export {
  type AdapterCheck,
  type AdapterEntry,
  checkAdapters,
  listAdapters,
  type OpenOptions,
  openDevice,
} from './adapters.js';
export { writeFileAtomic, writeFileStreaming } from './atomic-file.js';
export { openFileSource } from './file-source.js';
export { decodeImage, readImageFile } from './images/decode.js';
export { encodePng } from './images/encode.js';
export { type LoadedModel, type LoadOptions, loadZian } from './load.js';
export { clearTuning, readTuning, tuningPath, writeTuning } from './tuning-file.js';
