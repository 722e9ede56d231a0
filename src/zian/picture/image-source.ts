import type { RgbaImage } from '../image.js';

/** RGBA bytes in a buffer of the model's own GPU device. */
export interface PixelBuffer {
  /** With the usage STORAGE. */
  readonly buffer: GPUBuffer;
  readonly width: number;
  readonly height: number;
  /** Where the first pixel is, in bytes; a multiple of 4, default 0. */
  readonly offset?: number;
  /** From one row to the next, in bytes; a multiple of 4, default 4 · width. */
  readonly bytesPerRow?: number;
}

/** What changes, or may be closed, behind our back: its pixels are taken when the call is made. */
export type LiveSource =
  | ImageBitmap
  | HTMLCanvasElement
  | OffscreenCanvas
  | HTMLVideoElement
  | VideoFrame
  | GPUTexture
  | PixelBuffer;

/**
 * An image to be localised. Colours are taken as they are stored: nothing is converted, alpha is ignored.
 *
 * - `RgbaImage`, `ImageData`: bytes of the host; they must not change before the call has settled.
 * - `Blob`: an image file, decoded when its turn comes. EXIF orientation counts, colour profiles do not, as in
 *   `zian-webgpu/node`'s `readImageFile`; so the pixels, and the landmark, are the same there (JPEG: in browsers that decode
 *   it by libjpeg-turbo).
 * - `HTMLImageElement`: its file, decoded by the browser without regard to colour profiles.
 * - `ImageBitmap`, canvases, video, `VideoFrame`: copied on the GPU at the time of the call. What their maker has done to
 *   colours (an `ImageBitmap` converts them to sRGB unless made with `colorSpaceConversion: 'none'`) cannot be undone.
 * - `GPUTexture` (two-dimensional, rgba8unorm or bgra8unorm, usage TEXTURE_BINDING), `PixelBuffer`: of the model's own
 *   device (`zian.device.gpu`), read on the GPU at the time of the call.
 */
export type ImageSource = RgbaImage | ImageData | Blob | HTMLImageElement | LiveSource;

/** Whether the pixels have to be taken at once. */
export const isLive = (source: ImageSource): source is LiveSource =>
  !('data' in source || 'naturalWidth' in source || 'arrayBuffer' in source);
