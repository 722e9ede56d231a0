import {
  CHALLENGE_FORMATS,
  type ChallengeFormat,
  challengeHeader,
  challengeRow,
  sidesOf,
} from '../../../src/landmarks/challenge-format.js';
import type { PictureItem } from '../pictures.js';

export type { ChallengeFormat } from '../../../src/landmarks/challenge-format.js';

const withoutFolders = (file: string): string => file.slice(file.lastIndexOf('/') + 1);

/** The formats for pictures with so many landmarks. */
export const fittingFormats = (landmarks: number): readonly ChallengeFormat[] =>
  CHALLENGE_FORMATS.filter((format) => sidesOf(format) === landmarks);

/**
 * The landmarks in a challenge's own format: 1-based pixels, two decimals or whole.
 * @returns undefined where no picture's result fits the format
 */
export function resultsCsv(
  items: readonly PictureItem[],
  format: ChallengeFormat,
  whole: boolean,
): string | undefined {
  const rows = items.flatMap(({ name, outcome }) => {
    if (outcome?.findings.length !== sidesOf(format)) return [];
    const points = outcome.findings.map(({ result: { landmark } }) => ({
      x: landmark.x + 1,
      y: landmark.y + 1,
    }));
    return [challengeRow(format, withoutFolders(name), points, whole)];
  });
  return rows.length > 0 ? challengeHeader(format) + rows.join('') : undefined;
}
