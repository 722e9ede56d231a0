import { ZianError } from '../../errors.js';
import type { ImageEntry } from '../../node/find-images.js';
import type { ImageJobs } from '../../node/images/jobs.js';
import type { DecodedImage } from '../localize-result.js';

/** An image with its pixels, or why there are none. */
export interface Ahead<T extends ImageEntry> {
  readonly entry: T;
  readonly outcome: DecodedImage | ZianError;
}

/** Pixels that may wait for the network, in bytes; one image may wait in any case. */
const MAX_WAITING_BYTES = 512 * 2 ** 20;

/**
 * Decodes images before they are asked for, and gives them in their order. No more than two per worker and one
 * besides wait, or as many as are taken together, and no more than 512 MiB of pixels, so that memory does not grow with their
 * number.
 * @param together how many will be asked for at once
 * @throws anything but ZianErrors (input), which come as outcomes
 */
export async function* decodeAhead<T extends ImageEntry>(
  entries: readonly T[],
  jobs: ImageJobs,
  together = 1,
): AsyncGenerator<Ahead<T>, void, void> {
  let waitingBytes = 0;
  // What is being decoded is taken to be as large as the largest so far.
  let decoding = 0;
  let largest = 0;
  const decode = async (entry: T): Promise<Ahead<T>> => {
    const start = performance.now();
    decoding++;
    try {
      const image = await jobs.decode(entry.path);
      waitingBytes += image.data.byteLength;
      largest = Math.max(largest, image.data.byteLength);
      return { entry, outcome: { path: entry.path, image, decodeMilliseconds: performance.now() - start } };
    } catch (error) {
      if (!(error instanceof ZianError) || error.kind !== 'input') throw error;
      return { entry, outcome: error };
    } finally {
      decoding--;
    }
  };
  const started: Promise<Ahead<T>>[] = [];
  let next = 0;
  const fill = (): void => {
    const room = (): boolean => {
      if (started.length === 0) return true;
      if (largest === 0) return decoding < jobs.parallel;
      const most = Math.max(2 * jobs.parallel, together - 1);
      return started.length <= most && waitingBytes + decoding * largest < MAX_WAITING_BYTES;
    };
    for (let entry = entries[next]; entry !== undefined && room(); entry = entries[++next]) {
      const work = decode(entry);
      // Asked for later; until then a failure is nobody's surprise.
      work.catch(() => undefined);
      started.push(work);
    }
  };
  for (;;) {
    fill();
    const first = started.shift();
    if (first === undefined) return;
    const ahead = await first;
    if (!(ahead.outcome instanceof ZianError)) waitingBytes -= ahead.outcome.image.data.byteLength;
    fill();
    yield ahead;
  }
}
