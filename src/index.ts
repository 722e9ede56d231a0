export { type ErrorKind, EXIT_CODES, ZianError } from './errors.js';
export { EngineDevice } from './graph/index.js';
export { type ByteSource, blobSource, bytesSource } from './weights/index.js';
export type { ZianConfig } from './zian/config.js';
export type { Point, Rectangle } from './zian/coordinates.js';
export type { RgbaImage } from './zian/image.js';
export { type OverlayResult, renderOverlay } from './zian/overlay.js';
export type { Stage } from './zian/stages.js';
export { type Heatmaps, type Localization, Zian, type ZianOptions } from './zian/zian.js';
