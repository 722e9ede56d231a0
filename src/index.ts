export { DeviceLostError, type ErrorKind, EXIT_CODES, OutOfMemoryError, ZianError } from './errors.js';
export { EngineDevice } from './graph/index.js';
export { adapterKey, parseTuningTable, type TunedCall, Tuner, TuningTable } from './tuning/index.js';
export { decodeImage } from './web/decode.js';
export { MODEL_CACHE } from './web/download.js';
export { requestDevice } from './web/request-device.js';
export { clearTuning, readTuning, writeTuning } from './web/tuning-store.js';
export { type ByteSource, blobSource, bytesSource } from './weights/index.js';
export type { ZianConfig } from './zian/config.js';
export type { Point, Rectangle } from './zian/coordinates.js';
export type { Heatmaps } from './zian/heatmaps.js';
export type { RgbaImage } from './zian/image.js';
export type { LoadProgress, ZianOptions } from './zian/load.js';
export type { Localization } from './zian/localization.js';
export type { ModelSource } from './zian/model-source.js';
export { type OverlayResult, renderOverlay } from './zian/overlay.js';
export type { ImageSource, LiveSource, PixelBuffer } from './zian/picture/image-source.js';
export type { Refinement } from './zian/refine.js';
export type { Stage } from './zian/stages.js';
export {
  type BatchLocalization,
  type LocalizeBatchOptions,
  type LocalizeOptions,
  type StagesOptions,
  Zian,
} from './zian/zian.js';
