import { inputError } from '../errors.js';
import type { ReadWeight } from '../graph/index.js';
import type { SafetensorsFile } from '../weights/index.js';

/**
 * Reads the weights of a model file.
 * @param source the file's name, for messages
 * @throws (from the reader) ZianError (input) where a tensor holds a NaN or an infinity: that is the file's fault
 */
export function finiteWeights(file: SafetensorsFile, source: string): ReadWeight {
  return async (name) => {
    const values = await file.readFloat32(name);
    const bad = values.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0)
      throw inputError(
        `${source}: tensor '${name}' holds ${values[bad]} at element ${bad}; a model's weights must be finite.`,
      );
    return values;
  };
}
