import { readdirSync } from 'node:fs';
import type { ObjectCounts } from './watched-device.js';

export const MEGABYTE = 1024 * 1024;

/** What a process and a device hold. */
export interface Figures {
  /** Resident memory and used heap of the process, in bytes, after a collection where one can be asked for. */
  readonly rss: number;
  readonly heap: number;
  readonly counts: ObjectCounts;
}

/** Garbage is collected first, where node was started with --expose-gc; wrappers of GPU objects take two turns. */
export async function measure(counts: ObjectCounts): Promise<Figures> {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { rss, heapUsed } = process.memoryUsage();
  return { rss, heap: heapUsed, counts: { ...counts } };
}

/** Threads of this process; 0 where the system does not list them. */
export function threadCount(): number {
  try {
    return readdirSync('/proc/self/task').length;
  } catch {
    return 0;
  }
}
