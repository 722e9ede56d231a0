import type { ByteSource } from './byte-source.js';

/** How a source is read ahead, in bytes and numbers of blocks. */
export interface ReadAheadOptions {
  readonly blockBytes?: number;
  readonly blocks?: number;
}

/**
 * Reads a source in large blocks and keeps the last few: for many small reads that run through the file at one place or a
 * few, as a model's weights do. The next block is fetched while one is used. Reads of more than a block go through.
 */
export function readAhead(
  source: ByteSource,
  { blockBytes = 8 << 20, blocks = 6 }: ReadAheadOptions = {},
): ByteSource {
  // In order of use, the longest unused first.
  const kept = new Map<number, Promise<Uint8Array>>();
  const fetch = (index: number): Promise<Uint8Array> => {
    const start = index * blockBytes;
    const reading = kept.get(index) ?? source.read(start, Math.min(blockBytes, source.size - start));
    kept.delete(index);
    kept.set(index, reading);
    // A failed read is not kept, and whoever needs the block hears of it.
    reading.catch(() => kept.delete(index));
    for (const oldest of kept.keys()) {
      if (kept.size <= blocks) break;
      kept.delete(oldest);
    }
    return reading;
  };
  return {
    name: source.name,
    size: source.size,
    async read(offset, length) {
      const first = Math.floor(offset / blockBytes);
      const last = Math.floor((offset + length - 1) / blockBytes);
      const valid = offset >= 0 && length > 0 && offset + length <= source.size;
      if (!valid || length > blockBytes) return source.read(offset, length);
      const parts = [fetch(first), ...(last > first ? [fetch(last)] : [])];
      if ((last + 1) * blockBytes < source.size) fetch(last + 1);
      const [block, next] = await Promise.all(parts);
      const from = offset - first * blockBytes;
      if (block === undefined) return source.read(offset, length);
      if (next === undefined) return block.subarray(from, from + length);
      const joined = new Uint8Array(length);
      joined.set(block.subarray(from));
      joined.set(next.subarray(0, length - (block.byteLength - from)), block.byteLength - from);
      return joined;
    },
  };
}
