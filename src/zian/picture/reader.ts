import { inputError, usageError, ZianError } from '../../errors.js';
import { BufferUsage } from '../../graph/flags.js';
import type { EngineDevice } from '../../graph/index.js';
import { DECODE_OPTIONS } from '../../web/decode.js';
import type { ZianConfig } from '../config.js';
import type { ImageSize } from '../coordinates.js';
import { equalizedSource } from '../equalized-source.js';
import type { RgbaImage } from '../image.js';
import { platform } from '../platform.js';
import { gatherPixels, type KeptPixels, keptPixels } from '../resize-source.js';
import type { SourcePixels } from '../source.js';
import { PixelGatherer } from './gather.js';
import type { ImageSource, LiveSource, PixelBuffer } from './image-source.js';
import { readBack } from './read-back.js';

/** `GPUTextureUsage.TEXTURE_BINDING`, which Node has no global for. */
const TEXTURE_BINDING = 0x4;

/** What lies on the GPU, or is copied there without being decoded. */
type Copyable = Exclude<LiveSource, HTMLVideoElement | VideoFrame>;

/** Gets the pixels of every kind of image for one model on one device. */
export class ImageReader {
  readonly #device: EngineDevice;
  readonly #config: ZianConfig;
  readonly #gatherer: PixelGatherer;

  constructor(device: EngineDevice, config: ZianConfig) {
    this.#device = device;
    this.#config = config;
    this.#gatherer = new PixelGatherer(device);
  }

  /**
   * The pixels that the preprocessing reads; to be destroyed. Those of a live source are taken before this returns its
   * promise, so that it may be changed or closed then.
   * @throws ZianError: input when the image cannot be decoded, is empty or must not be read; usage when it is none, or a
   * texture or buffer of another kind than is needed; device when memory is exhausted or the device is lost
   */
  async read(source: ImageSource): Promise<SourcePixels> {
    if ('data' in source) return this.#host(source);
    if ('arrayBuffer' in source) {
      const decoded = await platform().decode(source);
      if ('data' in decoded) return this.#host(decoded);
      return await this.#bitmap(decoded);
    }
    if ('naturalWidth' in source) return await this.#bitmap(await decodeElement(source));
    if ('videoWidth' in source || 'displayWidth' in source)
      return await this.#bitmap(await grabFrame(source));
    return await this.#live(source);
  }

  #host(source: RgbaImage | ImageData): SourcePixels {
    const size = checkedSize(source);
    const { data } = source;
    const bytes = 4 * size.width * size.height;
    if (!(data instanceof Uint8Array || data instanceof Uint8ClampedArray) || data.length !== bytes)
      throw usageError(
        `An image of ${size.width}×${size.height} pixels needs ${bytes} bytes of RGBA in a Uint8Array or Uint8ClampedArray, but ${data.length} elements of another kind or number were given.`,
      );
    const view = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const kept = keptPixels(size, this.#config);
    const pixels = gatherPixels({ ...size, data: view }, kept);
    if (this.#config.clahe) return equalizedSource(size, kept, pixels, this.#config);
    return describe(size, kept, pixels);
  }

  async #bitmap(bitmap: ImageBitmap): Promise<SourcePixels> {
    try {
      return await this.#live(bitmap);
    } finally {
      bitmap.close();
    }
  }

  async #live(source: Copyable): Promise<SourcePixels> {
    const size = checkedSize(source);
    const kept = keptPixels(size, this.#config);
    const pixels = await this.#device.scoped('reading the image', () => this.#gather(source, size, kept));
    if (!this.#config.clahe) return describe(size, kept, pixels);
    // Contrast is equalised on the CPU.
    try {
      const bytes = await readBack(this.#device.gpu, pixels, 4 * columnsTimesRows(kept));
      return equalizedSource(size, kept, bytes, this.#config);
    } finally {
      pixels.destroy();
    }
  }

  #gather(source: Copyable, size: ImageSize, kept: KeptPixels): GPUBuffer {
    if ('createView' in source) {
      checkTexture(source);
      return this.#gatherer.texture(source, kept);
    }
    if ('buffer' in source) return this.#gatherer.buffer(this.#checkedBuffer(source), kept);
    try {
      return this.#gatherer.external(source, size, kept);
    } catch (error) {
      throw unreadable(error);
    }
  }

  #checkedBuffer({ buffer, width, height, offset = 0, bytesPerRow = 4 * width }: PixelBuffer) {
    const { maxStorageBufferBindingSize: most } = this.#device.report.limits;
    const words = [offset, bytesPerRow].every((bytes) => Number.isInteger(bytes / 4) && bytes >= 0);
    const end = offset + (height - 1) * bytesPerRow + 4 * width;
    if (!words || bytesPerRow < 4 * width || end > buffer.size)
      throw usageError(
        `The buffer of ${buffer.size} bytes does not hold ${width}×${height} RGBA pixels at offset ${offset} with ${bytesPerRow} bytes per row; both must be multiples of 4.`,
      );
    if ((buffer.usage & BufferUsage.STORAGE) === 0 || buffer.size > most)
      throw usageError(
        `A buffer with an image needs the usage STORAGE and at most ${most} bytes on this device, but its usage is ${buffer.usage} and it has ${buffer.size}.`,
      );
    return { buffer, start: offset / 4, pitch: bytesPerRow / 4 };
  }
}

const columnsTimesRows = ({ columns, rows }: KeptPixels): number => columns.kept.length * rows.kept.length;

function describe(
  size: ImageSize,
  { columns, rows }: KeptPixels,
  pixels: Uint8Array | GPUBuffer,
): SourcePixels {
  return {
    size,
    pixels,
    columns: columns.kept.length,
    rows: rows.kept.length,
    horizontal: columns.taps,
    vertical: rows.taps,
    destroy: () => {
      if (!(pixels instanceof Uint8Array)) pixels.destroy();
    },
  };
}

/**
 * The frame that is shown now. Copied by way of an `ImageBitmap`, since to copy frames to textures directly loses the
 * device on some software adapters.
 */
async function grabFrame(source: HTMLVideoElement | VideoFrame): Promise<ImageBitmap> {
  // HAVE_CURRENT_DATA
  if ('readyState' in source && source.readyState < 2)
    throw usageError("The video has no frame yet; wait for its 'loadeddata' event.");
  try {
    return await createImageBitmap(source, DECODE_OPTIONS);
  } catch (error) {
    throw unreadable(error);
  }
}

function checkedSize({ width, height }: Partial<ImageSize>): ImageSize {
  if (width === undefined || height === undefined)
    throw usageError(
      'The image is of no kind that can be read; give a Blob, ImageBitmap, ImageData, image element, canvas, video, VideoFrame, GPUTexture, or pixels with their width and height.',
    );
  const whole = Number.isSafeInteger(width) && Number.isSafeInteger(height);
  if (!whole || width < 1 || height < 1)
    throw inputError(
      `The image is ${width}×${height} pixels, so there is nothing in it; where it was closed or has not been loaded, give it before or after that.`,
    );
  return { width, height };
}

function checkTexture({ format, dimension, sampleCount, usage }: GPUTexture): void {
  const right =
    (format === 'rgba8unorm' || format === 'bgra8unorm') && dimension === '2d' && sampleCount === 1;
  if (!right || (usage & TEXTURE_BINDING) === 0)
    throw usageError(
      `A texture with an image must be a two-dimensional rgba8unorm or bgra8unorm one with the usage TEXTURE_BINDING, but it is ${format}, ${dimension}, with ${sampleCount} samples and usage ${usage}.`,
    );
}

/** An `ImageBitmap` of an element's file, for whose colours nothing is done. */
async function decodeElement(element: HTMLImageElement): Promise<ImageBitmap> {
  try {
    await element.decode();
    return await createImageBitmap(element, DECODE_OPTIONS);
  } catch (cause) {
    throw inputError(
      `The image ${element.currentSrc.slice(0, 200)} cannot be decoded; check that it is an image file that this browser shows.`,
      { cause },
    );
  }
}

function unreadable(error: unknown): unknown {
  if (error instanceof ZianError || !(error instanceof DOMException)) return error;
  if (error.name === 'SecurityError')
    return inputError(
      "The image comes from another origin, which does not let this page read its pixels; load it with crossOrigin = 'anonymous' from a server that allows it.",
      { cause: error },
    );
  return inputError(`The image cannot be read (${error.message}).`, { cause: error });
}
