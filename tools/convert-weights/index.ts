export {
  createSha256,
  type Sha256,
  type Sha256Factory,
  sha256Source,
} from '../../src/weights/sha256.js';
export { type Checkpoint, type CheckpointFormat, readCheckpoint } from './checkpoint.js';
export {
  type ConvertOptions,
  type ConvertProgress,
  type ConvertResult,
  convertCheckpoint,
  type PlannedTensor,
  planProblems,
} from './convert.js';
export type { WeightDtype } from './float-tensor.js';
export type { LazyTensor } from './lazy-tensor.js';
export type { PickleValue } from './pickle-values.js';
export { type StateDict, selectStateDict } from './state-dict.js';
export type { TorchDtype } from './torch-dtype.js';
export type { Scalar } from './walk.js';
