import { inputError } from '../errors.js';
import { printable } from '../printable.js';

/** Endings that tables give or leave out. */
const EXTENSION = /\.(png|jpe?g|jpe|tiff?|dcm|dicom|bmp)$/i;

/** A name without its folder and image ending. */
export function stem(name: string): string {
  const parts = name.split(/[/\\]/);
  return (parts[parts.length - 1] ?? '').replace(EXTENSION, '');
}

/** Names by stem; a stem that several share is looked up by the whole name only. */
function byStem(names: readonly string[]): Map<string, string | undefined> {
  const found = new Map<string, string | undefined>();
  for (const name of names) found.set(stem(name), found.has(stem(name)) ? undefined : name);
  return found;
}

/** Which predicted image is which true one. */
export interface Matching {
  /** By the truth's name. */
  readonly found: ReadonlyMap<string, string>;
  /** Names of the truth that nothing was predicted for, in the truth's order. */
  readonly missing: readonly string[];
  /** Predicted names that the truth does not have. */
  readonly extra: readonly string[];
}

/**
 * Pairs names: the same name first, then the same file name whatever its folder and ending (`V0001.jpg`,
 * `images/V0001.png` and `V0001` are one).
 * @throws ZianError (input) where a name could be any of several
 */
export function matchNames(
  truth: readonly string[],
  predicted: readonly string[],
  sources: { readonly truth: string; readonly predicted: string },
): Matching {
  const exact = new Set(predicted);
  const predictedStems = byStem(predicted);
  const truthStems = byStem(truth);
  const found = new Map<string, string>();
  const used = new Set<string>();
  const missing: string[] = [];
  for (const name of truth) {
    const key = stem(name);
    let match: string | undefined;
    if (exact.has(name)) match = name;
    else if (predictedStems.has(key)) {
      match = predictedStems.get(key);
      const [many, one] =
        match === undefined
          ? [sources.predicted, sources.truth]
          : truthStems.get(key) === undefined
            ? [sources.truth, sources.predicted]
            : [];
      if (many !== undefined)
        throw inputError(
          `${many} has several images called '${printable(key, 80)}', so it cannot be told which of them is meant in ${one}; give both with their folders.`,
        );
    }
    if (match === undefined) {
      missing.push(name);
      continue;
    }
    found.set(name, match);
    used.add(match);
  }
  return { found, missing, extra: predicted.filter((name) => !used.has(name)) };
}
