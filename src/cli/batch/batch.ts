import { ZianError } from '../../errors.js';
import { writeFileAtomic } from '../../node/atomic-file.js';
import type { Task } from '../../node/bundled-models.js';
import type { ImageEntry } from '../../node/find-images.js';
import type { ImageJobs } from '../../node/images/jobs.js';
import type { OpenedEngine } from '../engine.js';
import { type Localized, localizeGroup } from '../localize-group.js';
import type { DecodedImage, LocalizeHow } from '../localize-result.js';
import { type Ahead, decodeAhead } from './decode-ahead.js';

/** An image of a batch. */
export interface BatchImage extends ImageEntry {
  /** Path of the overlay to write, if there is to be one. */
  readonly overlay?: string;
}

export interface Batch<T extends BatchImage> {
  readonly task: Task;
  readonly how: LocalizeHow;
  readonly images: readonly T[];
  /** How many go through the network together. */
  readonly size: number;
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

/** Images that are together in the network, and what will come of those that could be decoded. */
interface Group<T extends BatchImage> {
  readonly members: readonly Ahead<T>[];
  readonly results: Promise<(Localized | ZianError)[]>;
}

/**
 * Localises images, `size` of them together, while the next are decoded and read, and overlays drawn elsewhere.
 * @throws whatever is not an image's fault, such as a lost device
 */
export async function runBatch<T extends BatchImage>(batch: Batch<T>): Promise<BatchTimes> {
  const { jobs, stop, size } = batch;
  const overlays = new OverlayQueue(jobs);
  let opened: OpenedEngine | undefined;
  let started = 0;
  let waiting = 0;
  /** When the network had nothing left to do. */
  let free: number | undefined;
  let members: Ahead<T>[] = [];
  let running: Group<T> | undefined;
  const abort = new AbortController();
  const finish = async (group: Group<T> | undefined): Promise<void> => {
    if (group === undefined) return;
    const results = await group.results;
    for (const { entry, outcome } of group.members) {
      const localized = outcome instanceof ZianError ? outcome : results.shift();
      if (localized === undefined) throw new Error(`${entry.path} has no result`);
      if (localized instanceof ZianError) batch.onFailure(entry, localized.message);
      else await overlays.add(entry.overlay, localized, () => batch.onResult(entry, localized));
    }
  };
  /** The next images wait behind those that are in the network, so that it goes on with them at once. */
  const flush = async (): Promise<void> => {
    const decoded = members.flatMap(({ outcome }) => (outcome instanceof ZianError ? [] : outcome));
    if (opened === undefined && decoded.length > 0) {
      opened = await batch.open();
      started = performance.now();
    }
    const before = running;
    if (opened !== undefined && free !== undefined) waiting += performance.now() - free;
    free = undefined;
    const results =
      opened === undefined ? Promise.resolve([]) : localizeAll(batch, members, decoded, opened, abort.signal);
    const group = { members, results };
    running = group;
    members = [];
    const settled = (): void => {
      if (running === group && opened !== undefined) free = performance.now();
    };
    results.then(settled, settled);
    await finish(before);
  };
  try {
    for await (const ahead of decodeAhead(batch.images, jobs, size)) {
      if (stop()) {
        members = [];
        break;
      }
      members.push(ahead);
      const usable = members.filter(({ outcome }) => !(outcome instanceof ZianError)).length;
      // Failures are told at once, unless images before them are still to be done.
      if (usable === size || usable === 0) await flush();
    }
    if (members.length > 0) await flush();
    await finish(running);
    await overlays.finish();
    return { total: opened === undefined ? 0 : performance.now() - started, waiting };
  } finally {
    // What waits behind a failure is not begun.
    abort.abort();
    await running?.results.catch(() => undefined);
    await overlays.settle();
    await opened?.close();
  }
}

async function localizeAll<T extends BatchImage>(
  { task, how, onDecoded }: Batch<T>,
  group: readonly Ahead<T>[],
  decoded: readonly DecodedImage[],
  opened: OpenedEngine,
  signal: AbortSignal,
): Promise<(Localized | ZianError)[]> {
  for (const image of decoded) await onDecoded?.(image, opened);
  if (decoded.length === 0) return [];
  const draw = group.some(({ entry }) => entry.overlay !== undefined);
  return await localizeGroup(task, decoded, opened, how, { draw, signal });
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
