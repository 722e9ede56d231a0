import { inputError } from '../errors.js';
import { openFileSource } from './file-source.js';

/**
 * A regular file's content, if it is not larger than it may be: pipes and devices, which may never end, are refused.
 *
 * @param what the file should be, for the message
 * @throws ZianError (input) where there is no such file, it cannot be read, or is too large.
 */
export async function readRegularFile(path: string, maxBytes: number, what: string): Promise<Buffer> {
  const source = await openFileSource(path);
  try {
    if (source.size > maxBytes) {
      throw inputError(
        `${source.name} has ${(source.size / 1e6).toFixed(1)} MB, too much for ${what} (at most ${maxBytes / 1e6} MB).`,
      );
    }
    const bytes = await source.read(0, source.size);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  } finally {
    await source.close();
  }
}
