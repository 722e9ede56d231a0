import { inputError } from '../../src/errors.js';
import { type ByteSource, readUpTo } from '../../src/weights/byte-source.js';
import { EndOfPickleInput, PickleRefusal } from './pickle-input.js';
import { PICKLE_LIMITS } from './pickle-limits.js';
import type { PersistentLoad } from './pickle-machine.js';
import { readPickle } from './pickle-reader.js';
import type { PickleValue } from './pickle-values.js';

/** For pickles that refer to nothing outside themselves. */
export const noPersistentIds: PersistentLoad = () => {
  throw new PickleRefusal('refers to data outside itself');
};

/**
 * Reads the pickle that starts at `offset` and whose end is not known: a window is read, and a larger
 * one where the pickle does not end in it.
 *
 * @param fileBytes of the whole file, where the source is a part of it
 * @returns its value and the offset after it
 * @throws ZianError (input) where it is malformed, refused or truncated.
 */
export async function readPickleAt(
  source: ByteSource,
  offset: number,
  persistentLoad: PersistentLoad,
  fileBytes: number = source.size,
): Promise<{ value: PickleValue; end: number }> {
  for (let window = 1 << 20; ; window *= 4) {
    const bytes = await readUpTo(source, offset, window);
    try {
      const { value, end } = readPickle(bytes, persistentLoad, fileBytes);
      return { value, end: offset + end };
    } catch (error) {
      if (error instanceof PickleRefusal) throw inputError(`${source.name}: its pickle ${error.message}.`);
      if (!(error instanceof EndOfPickleInput)) throw error;
    }
    if (offset + bytes.byteLength >= source.size) {
      throw inputError(
        `${source.name} is truncated or damaged: the file ends in the middle of its pickle; copy or download it again.`,
      );
    }
    if (window >= PICKLE_LIMITS.pickleBytes) {
      throw inputError(
        `${source.name}: its pickle has more than ${PICKLE_LIMITS.pickleBytes >> 20} MiB, far more than a checkpoint needs.`,
      );
    }
  }
}
