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
    const bad = firstNotFinite(values);
    if (bad !== undefined)
      throw inputError(
        `${source}: tensor '${name}' holds ${values[bad]} at element ${bad}; a model's weights must be finite.`,
      );
    return values;
  };
}

const EXPONENT = 0x7f800000;

/** By its bits: a model has a hundred million weights, and a callback for each takes seconds. */
function firstNotFinite({ buffer, byteOffset, length }: Float32Array): number | undefined {
  const bits = new Uint32Array(buffer, byteOffset, length);
  for (let i = 0; i < length; i++) if (((bits[i] ?? 0) & EXPONENT) === EXPONENT) return i;
  return undefined;
}
