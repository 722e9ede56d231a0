import { inputError } from '../src/errors.js';
import type { Point } from '../src/zian/coordinates.js';

/** An example with the places of its landmarks, in 0-based pixels: one, or the left and the right of a scan. */
export interface Example {
  readonly file: string;
  readonly landmarks: readonly Point[];
}

/**
 * Reads a table of examples as tools/demo-model writes it: a header, then rows of a file's name and pairs of numbers.
 * @param name of the table, for messages
 * @throws ZianError (input) naming the row that is not of that form
 */
export function parseTruth(text: string, name: string): Example[] {
  const [, ...rows] = text.trimEnd().split(/\r?\n/);
  return rows.map((row, i) => {
    const [file = '', ...numbers] = row.split(',');
    const values = numbers.map((number) => (number.trim() === '' ? Number.NaN : Number(number)));
    if (file === '' || values.length < 2 || values.length % 2 !== 0 || !values.every(Number.isFinite))
      throw inputError(
        `${name}: row ${i + 2} is '${row.slice(0, 60)}', but a file's name and pairs of numbers are needed.`,
      );
    const landmarks = Array.from({ length: values.length / 2 }, (_, k) => ({
      x: values[2 * k] ?? Number.NaN,
      y: values[2 * k + 1] ?? Number.NaN,
    }));
    return { file, landmarks };
  });
}
