import { ZianError } from '../errors.js';
import { type Forward, forward, type Picture } from './forward.js';
import { type Heatmaps, type MappedPicture, readHeatmaps } from './heatmaps.js';
import { type Localization, localizationOf } from './localization.js';
import type { PendingImage, ReadPixels } from './pending-image.js';
import type { LoadedZian } from './prepare.js';
import type { Refinement } from './refine.js';
import type { SourcePixels } from './source.js';

/** How images are located. */
export interface LocateHow {
  readonly flipTest: boolean;
  readonly refine: Refinement | undefined;
  /** Whether to read each image's heat maps. */
  readonly heatmaps: boolean;
  /** Throws once nobody waits for the results any more. */
  check(): void;
  /** The last run has begun, so that the host has nothing to do. */
  onLastRun(): void;
}

/** What came of an image. */
export interface Located {
  readonly localization: Localization;
  readonly heatmaps?: Heatmaps;
}

/** The image whose heat maps the last run has left on the device. */
export interface LastPicture extends MappedPicture {
  readonly source: SourcePixels;
}

/** An image on its way through the network. */
interface Task {
  readonly index: number;
  readonly pixels: ReadPixels;
  mirrored?: Forward;
  own?: Forward;
  heatmaps?: Heatmaps;
  failure?: ZianError;
  readonly times: { preprocess: number; network: number };
}

interface TaskPicture extends Picture {
  readonly task: Task;
}

/**
 * Runs images, and their mirror images where there is a flip test, through the network, as many at once as the model's batch
 * has places. While the network runs, the next images are read.
 */
class Location {
  readonly #model: LoadedZian;
  readonly #images: readonly PendingImage[];
  readonly #how: LocateHow;
  readonly #outcomes: (Task | ZianError)[] = [];
  #next = 0;
  #last: LastPicture | undefined;

  constructor(model: LoadedZian, images: readonly PendingImage[], how: LocateHow) {
    this.#model = model;
    this.#images = images;
    this.#how = how;
  }

  async run(): Promise<{ results: (Located | ZianError)[]; last: LastPicture | undefined }> {
    const { batch } = this.#model;
    const waiting: TaskPicture[] = [];
    let reading = this.#readGroup();
    for (;;) {
      const group = await reading;
      waiting.push(...group.flatMap((task) => this.#picturesOf(task)));
      this.#how.check();
      const isLast = this.#next >= this.#images.length;
      let ahead: Promise<Task[]> | undefined;
      while (waiting.length >= batch || (isLast && waiting.length > 0)) {
        const running = this.#runOnce(waiting.splice(0, batch));
        // Not to be taken for a failure that nobody hears of, while the next images are read.
        running.catch(() => undefined);
        if (!isLast) ahead ??= this.#readGroup();
        else if (waiting.length === 0) this.#how.onLastRun();
        await running;
        this.#how.check();
      }
      if (isLast) break;
      reading = ahead ?? this.#readGroup();
    }
    return { results: this.#outcomes.map((outcome) => this.#resultOf(outcome)), last: this.#last };
  }

  /** Starts to read as many images as fill a run. */
  #readGroup(): Promise<Task[]> {
    const pictures = this.#how.flipTest ? 2 : 1;
    const first = this.#next;
    this.#next = Math.min(this.#images.length, first + Math.ceil(this.#model.batch / pictures));
    const images = this.#images.slice(first, this.#next);
    const group = Promise.all(images.map((image, i) => this.#read(image, first + i))).then((tasks) =>
      tasks.flatMap((task) => task ?? []),
    );
    // Asked for later.
    group.catch(() => undefined);
    return group;
  }

  async #read(image: PendingImage, index: number): Promise<Task | undefined> {
    try {
      const pixels = await image.read(this.#model);
      const task = { index, pixels, times: { preprocess: pixels.milliseconds, network: 0 } };
      this.#outcomes[index] = task;
      return task;
    } catch (error) {
      if (!(error instanceof ZianError) || error.kind === 'device') throw error;
      this.#outcomes[index] = error;
      return undefined;
    }
  }

  /** The mirrored one first: alone in a run, the image's own then leaves its heat maps on the device. */
  #picturesOf(task: Task): TaskPicture[] {
    const { source } = task.pixels;
    const own = { task, source, mirror: false };
    return this.#how.flipTest ? [{ task, source, mirror: true }, own] : [own];
  }

  async #runOnce(pictures: readonly TaskPicture[]): Promise<void> {
    const { results, milliseconds } = await forward(this.#model, pictures, this.#how.refine);
    const mapped: (LastPicture & { task: Task })[] = [];
    for (const [place, { task, source, mirror }] of pictures.entries()) {
      task.times.preprocess += milliseconds.preprocess;
      task.times.network += milliseconds.network;
      const result = results[place];
      if (result === undefined) throw new Error('a picture has no result');
      if (result instanceof ZianError) task.failure ??= result;
      else if (mirror) task.mirrored = result;
      else {
        task.own = result;
        mapped.push({ task, source, place, size: source.size, forward: result });
      }
    }
    this.#last = mapped.at(-1);
    if (!this.#how.heatmaps || mapped.length === 0) return;
    const maps = await readHeatmaps(this.#model, mapped);
    for (const [i, { task }] of mapped.entries()) {
      const own = maps[i];
      if (own !== undefined) task.heatmaps = own;
    }
  }

  #resultOf(outcome: Task | ZianError): Located | ZianError {
    if (outcome instanceof ZianError) return outcome;
    const { own, mirrored, failure, pixels, times, heatmaps } = outcome;
    if (failure !== undefined) return failure;
    if (own === undefined) throw new Error('an image was not run');
    const { config, architecture } = this.#model;
    const localization = localizationOf(own, mirrored, pixels.source.size, config, architecture, times);
    return { localization, ...(heatmaps === undefined ? {} : { heatmaps }) };
  }
}

/**
 * Finds the landmarks of images.
 * @returns by image what came of it: an error (usage, input) where it cannot be used; and the last one on the device
 * @throws ZianError (device); whatever `how.check` throws
 */
export const locate = (
  model: LoadedZian,
  images: readonly PendingImage[],
  how: LocateHow,
): Promise<{ results: (Located | ZianError)[]; last: LastPicture | undefined }> =>
  new Location(model, images, how).run();
