import { type ImageSource, isLive } from './picture/image-source.js';
import type { LoadedZian } from './prepare.js';
import type { SourcePixels } from './source.js';

/** Pixels, and the model on whose device they lie where they lie on one. */
export interface ReadPixels {
  readonly source: SourcePixels;
  readonly model: LoadedZian;
  readonly milliseconds: number;
}

async function readPixels(image: ImageSource, model: LoadedZian): Promise<ReadPixels> {
  const started = performance.now();
  const source = await model.reader.read(image);
  return { source, model, milliseconds: performance.now() - started };
}

/** An image that waits for its turn: one that may change until then is read at once, the others when they are asked for. */
export class PendingImage {
  /** Whether it may change, so that it cannot be read again. */
  readonly live: boolean;
  readonly #image: ImageSource;
  readonly #early: Promise<ReadPixels> | undefined;
  #reading: Promise<ReadPixels> | undefined;

  /** @param model on the device of the moment; without it nothing is read early */
  constructor(image: ImageSource, model: LoadedZian | undefined) {
    this.#image = image;
    this.live = isLive(image);
    this.#early = this.live && model ? readPixels(image, model) : undefined;
    // Told by whoever asks for them.
    this.#early?.catch(() => undefined);
  }

  /** Starts to read it, while the device is busy with others; what fails is told when it is asked for. */
  readAhead(model: LoadedZian): void {
    this.#reading ??= this.#early ?? readPixels(this.#image, model);
    this.#reading.catch(() => undefined);
  }

  /**
   * Its pixels; to be released.
   * @throws as `ImageReader.read`; DeviceLostError where they were lost with a device and cannot be read again
   */
  async read(model: LoadedZian): Promise<ReadPixels> {
    this.readAhead(model);
    const pixels = await (this.#reading ?? readPixels(this.#image, model));
    if (pixels.model === model) return pixels;
    // Taken from an image that may have changed since, and lost with the device.
    if (this.live) pixels.model.device.assertAlive();
    if (this.live || pixels.source.pixels instanceof Uint8Array) return pixels;
    this.release();
    return await this.read(model);
  }

  /** Frees what was read. */
  release(): void {
    (this.#reading ?? this.#early)?.then(
      ({ source }) => source.destroy(),
      () => undefined,
    );
    this.#reading = undefined;
  }
}
