import { Zian } from '../src/zian/zian.js';
import { type Figures, MEGABYTE, measure, threadCount } from './memory.js';
import type { Subject } from './subject.js';
import { type ObjectCounts, WatchedDevice } from './watched-device.js';

/** What loading and destroying over and over left. */
export interface CyclesReport {
  readonly warmUp: number;
  readonly before: Figures;
  readonly after: Figures;
  /** Bytes of resident memory: from the median of the first quarter of the cycles to that of the last. */
  readonly grown: number;
  /** Buffers, textures and query sets that no model destroyed, over all cycles. */
  readonly left: number;
  /** Threads more than after the warm-up. */
  readonly threads: number;
  readonly ok: boolean;
}

/** Drivers' compilers and allocators keep what they took: on lavapipe until about the fortieth device, then it stays. */
const WARM_UP = 50;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** What a hundred cycles may leave in the allocator: less than a device, which is 2.5 MB and a thread. */
const MOST_GROWTH = 10 * MEGABYTE;

/** Opens a device, loads the model, runs it, and destroys both, over and over. */
export async function runCycles(
  { model, image }: Subject,
  adapter: string,
  count: number,
  onDone: (done: number) => void = () => undefined,
): Promise<CyclesReport> {
  let left = 0;
  let counts: ObjectCounts = { buffers: 0, bufferBytes: 0, textures: 0, querySets: 0, bound: 0, submits: 0 };
  const cycle = async (): Promise<void> => {
    const watched = await WatchedDevice.open(adapter);
    const zian = await Zian.load({ model, device: watched.device });
    await zian.localize(image);
    zian.destroy();
    ({ counts } = watched);
    left += counts.buffers + counts.textures + counts.querySets;
    watched.destroy();
  };
  const warmUp = Math.min(WARM_UP, count);
  for (let i = 0; i < warmUp; i++) await cycle();
  const before = await measure(counts);
  const threadsBefore = threadCount();
  const resident: number[] = [];
  let after = before;
  for (let i = 0; i < count; i++) {
    await cycle();
    after = await measure(counts);
    resident.push(after.rss);
    onDone(i + 1);
  }
  const quarter = Math.ceil(count / 4);
  const grown = median(resident.slice(-quarter)) - median(resident.slice(0, quarter));
  const threads = threadCount() - threadsBefore;
  return {
    warmUp,
    before,
    after,
    grown,
    left,
    threads,
    ok: left === 0 && threads <= 0 && grown < MOST_GROWTH,
  };
}
