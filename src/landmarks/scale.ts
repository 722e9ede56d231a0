import { inputError, usageError } from '../errors.js';
import { matchNames } from './match.js';
import type { ImageSize } from './results.js';
import type { LandmarkTable } from './table.js';

/** A length per image that errors are divided by, such as the optic disc's diameter. */
export interface Scale {
  /** What it is, for tables: `disc_diameter`, `image width`, `80 px`. */
  readonly label: string;
  /** In pixels, by the truth's name of the image. */
  readonly of: (name: string) => number;
}

/**
 * The scale that was asked for.
 * @param wanted a number of pixels for all images, a column of the truth, or `width` for the images' widths
 * @param sizes of the images that results are about, by their names there
 * @throws ZianError: usage where there is no such column; input where an image has no such length
 */
export function findScale(
  wanted: string,
  truth: LandmarkTable,
  sizes: ReadonlyMap<string, ImageSize>,
): Scale {
  const pixels = Number(wanted);
  if (wanted.trim() !== '' && Number.isFinite(pixels)) {
    if (pixels <= 0) throw usageError(`--relative-to is ${wanted}, but a length is more than 0 pixels.`);
    return { label: `${pixels} px`, of: () => pixels };
  }
  const columns = new Set(truth.rows.flatMap(({ others }) => Object.keys(others)));
  if (columns.has(wanted)) {
    const lengths = new Map(truth.rows.map(({ name, others }) => [name, Number(others[wanted] ?? '')]));
    return { label: wanted, of: lengthIn(lengths, `${truth.source}, column '${wanted}'`) };
  }
  if (wanted !== 'width')
    throw usageError(
      `--relative-to is '${wanted}', which is no number of pixels, not 'width', and no column of ${truth.source} (it has ${[...columns].map((column) => `'${column}'`).join(', ') || 'no others'}).`,
    );
  if (sizes.size === 0)
    throw usageError(
      '--relative-to width needs the images’ widths, which only results as JSON have (--format jsonl); give a number of pixels or a column of the truth.',
    );
  const names = truth.rows.map(({ name }) => name);
  const { found } = matchNames(names, [...sizes.keys()], { truth: truth.source, predicted: 'the results' });
  const widths = new Map(names.map((name) => [name, sizes.get(found.get(name) ?? '')?.width ?? Number.NaN]));
  return { label: 'image width', of: lengthIn(widths, 'the results') };
}

const lengthIn =
  (lengths: ReadonlyMap<string, number>, where: string) =>
  (name: string): number => {
    const length = lengths.get(name) ?? Number.NaN;
    if (!(length > 0) || length === Number.POSITIVE_INFINITY)
      throw inputError(`${where}: there is no length above 0 for '${name}', to divide its error by.`);
    return length;
  };
