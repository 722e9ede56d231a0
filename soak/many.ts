import { Zian } from '../src/zian/zian.js';
import { type Figures, MEGABYTE, measure } from './memory.js';
import { bits, type Subject } from './subject.js';
import { WatchedDevice } from './watched-device.js';

/** What many runs came to. */
export interface ManyReport {
  readonly warmUp: number;
  readonly before: Figures;
  readonly after: Figures;
  /** Bytes of resident memory. */
  readonly grown: number;
  /** Answers that were not the first one's bits. */
  readonly different: number;
  readonly objectsFlat: boolean;
  readonly millisecondsPerRun: number;
  readonly ok: boolean;
}

/** Runs until compilers, caches and allocators have settled: about 1,500 of the tiny model, 12 MB. */
const WARM_UP = 2000;
const MOST_GROWTH = 10 * MEGABYTE;

/** Localises a picture over and over on one device. */
export async function runMany(
  { model, image }: Subject,
  adapter: string,
  count: number,
  onDone: (done: number) => void = () => undefined,
): Promise<ManyReport> {
  const watched = await WatchedDevice.open(adapter);
  const zian = await Zian.load({ model, device: watched.device });
  try {
    const first = bits(await zian.localize(image));
    const warmUp = Math.min(WARM_UP, count);
    for (let i = 1; i < warmUp; i++) await zian.localize(image);
    const before = await measure(watched.counts);
    let different = 0;
    const started = performance.now();
    for (let i = 0; i < count; i++) {
      if (bits(await zian.localize(image)) !== first) different++;
      onDone(i + 1);
    }
    const millisecondsPerRun = (performance.now() - started) / count;
    const after = await measure(watched.counts);
    const grown = after.rss - before.rss;
    const { submits: _, ...was } = before.counts;
    const { submits: __, ...is } = after.counts;
    const objectsFlat = JSON.stringify(was) === JSON.stringify(is);
    const ok = grown < MOST_GROWTH && different === 0 && objectsFlat;
    return { warmUp, before, after, grown, different, objectsFlat, millisecondsPerRun, ok };
  } finally {
    zian.destroy();
    watched.destroy();
  }
}
