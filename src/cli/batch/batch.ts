import { ZianError } from '../../errors.js';
import { writeFileAtomic } from '../../node/atomic-file.js';
import type { Task } from '../../node/bundled-models.js';
import type { ImageEntry } from '../../node/find-images.js';
import type { ImageJobs } from '../../node/images/jobs.js';
import type { OpenedEngine } from '../engine.js';
import { type Localized, localizeOne } from '../localize-one.js';
import type { DecodedImage, LocalizeHow } from '../localize-result.js';
import { decodeAhead } from './decode-ahead.js';

/** An image of a batch. */
export interface BatchImage extends ImageEntry {
  /** Path of the overlay to write, if there is to be one. */
  readonly overlay?: string;
}

export interface Batch<T extends BatchImage> {
  readonly task: Task;
  readonly how: LocalizeHow;
  readonly images: readonly T[];
  readonly jobs: ImageJobs;
  /** Loads the model; called for the first image that can be decoded, so that a wrong path does not cost it. */
  readonly open: () => Promise<OpenedEngine>;
  /** An image is done, with its overlay. */
  readonly onResult: (image: T, result: Localized) => void;
  /** An image cannot be used. */
  readonly onFailure: (image: T, message: string) => void;
  /** With each image's pixels, before it is worked on. */
  readonly onDecoded?: (decoded: DecodedImage, opened: OpenedEngine) => Promise<void>;
  /** Whether to leave the rest. */
  readonly stop: () => boolean;
}

/** How a batch's time was spent, in milliseconds from the first image that the network got. */
export interface BatchTimes {
  readonly total: number;
  /** While the network had nothing to do because no image was decoded. */
  readonly waiting: number;
}

/**
 * Localises images one after the other, while the next are decoded and overlays drawn elsewhere.
 * @throws whatever is not an image's fault, such as a lost device
 */
export async function runBatch<T extends BatchImage>(batch: Batch<T>): Promise<BatchTimes> {
  const { task, jobs, stop } = batch;
  const overlays = new OverlayQueue(jobs);
  let opened: OpenedEngine | undefined;
  let started = 0;
  let waiting = 0;
  let free = performance.now();
  try {
    for await (const { entry, outcome } of decodeAhead(batch.images, jobs)) {
      if (stop()) break;
      if (opened !== undefined) waiting += performance.now() - free;
      if (outcome instanceof ZianError) {
        batch.onFailure(entry, outcome.message);
      } else {
        if (opened === undefined) {
          opened = await batch.open();
          started = performance.now();
        }
        await batch.onDecoded?.(outcome, opened);
        const localized = await unlessUnusable(
          localizeOne(task, outcome, opened, batch.how, entry.overlay !== undefined),
        );
        if (localized instanceof ZianError) batch.onFailure(entry, localized.message);
        else await overlays.add(entry.overlay, localized, () => batch.onResult(entry, localized));
      }
      free = performance.now();
    }
    await overlays.finish();
    return { total: opened === undefined ? 0 : performance.now() - started, waiting };
  } finally {
    await overlays.settle();
    await opened?.close();
  }
}

/** An error that is the image's, as a value. */
async function unlessUnusable<T>(work: Promise<T>): Promise<T | ZianError> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ZianError && error.kind === 'input') return error;
    throw error;
  }
}

/** Overlays that are being drawn and written. */
class OverlayQueue {
  readonly #jobs: ImageJobs;
  readonly #pending: Promise<void>[] = [];

  constructor(jobs: ImageJobs) {
    this.#jobs = jobs;
  }

  /** Calls `done` once the overlay is written, at once where there is none; waits where many are behind. */
  async add(path: string | undefined, { overlay }: Localized, done: () => void): Promise<void> {
    if (path === undefined || overlay === undefined) {
      done();
      return;
    }
    const work = this.#jobs
      .drawOverlay(overlay)
      .then((bytes) => writeFileAtomic(path, bytes))
      .then(done);
    // Asked for later.
    work.catch(() => undefined);
    this.#pending.push(work);
    if (this.#pending.length > 2 * this.#jobs.parallel) await this.#pending.shift();
  }

  async finish(): Promise<void> {
    for (let work = this.#pending.shift(); work !== undefined; work = this.#pending.shift()) await work;
  }

  /** Waits for what is under way, whatever comes of it. */
  async settle(): Promise<void> {
    await Promise.allSettled(this.#pending);
  }
}
