import { inputError } from '../../src/errors.js';
import type { CallContext } from './calls.js';

/**
 * Fetches a file of the page's own, telling the bytes as they come.
 * @param bytes how many there are
 * @throws ZianError (input) where the host does not have it or it is cut short
 */
export async function download(
  path: string,
  bytes: number,
  { progress, signal }: CallContext,
): Promise<Blob> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let done = 0;
  progress({ stage: 'fetch', done, total: bytes, unit: 'bytes' });
  try {
    const response = await fetch(path, { signal });
    if (!response.ok || response.body === null)
      throw inputError(`${path} could not be fetched: the page's host answered ${response.status}.`);
    const reader = response.body.getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      parts.push(next.value);
      done += next.value.byteLength;
      progress({ stage: 'fetch', done, total: bytes, unit: 'bytes' });
    }
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw inputError(`${path} could not be fetched: the page's host cannot be reached.`, { cause });
  }
  if (done !== bytes)
    throw inputError(`${path} is cut short or another file: ${done} bytes came instead of ${bytes}.`);
  return new Blob(parts);
}
