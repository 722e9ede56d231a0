/** Threads that a GPU should be given at the least. */
export const ENOUGH_THREADS = 16_384;
/** Fewer keys are not worth a chunk: its first and last steps cost more. */
const FEWEST_KEYS = 64;

/**
 * Shares the keys out when one thread per query block would make only `threads` threads: chunks of equal size, a multiple
 * of 4, but for the last one; at most `most`, and at least one.
 */
export function keyChunks(
  keys: number,
  threads: number,
  most: number,
): { readonly keysPerChunk: number; readonly chunks: number } {
  const wanted = Math.min(Math.ceil(ENOUGH_THREADS / threads), Math.ceil(keys / FEWEST_KEYS), most);
  const keysPerChunk = Math.ceil(keys / Math.max(1, wanted) / 4) * 4;
  return { keysPerChunk, chunks: Math.ceil(keys / keysPerChunk) };
}
