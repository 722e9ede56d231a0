import {
  CHALLENGE_FORMATS,
  type ChallengeFormat,
  challengeCsv,
  challengeHeader,
  parseResults,
  withOrigin,
} from '../../landmarks/index.js';
import { jsonText } from '../../printable.js';

export const TABLE_FORMATS = [...CHALLENGE_FORMATS, 'json', 'jsonl'] as const;
export type TableFormat = (typeof TABLE_FORMATS)[number];

export const isChallengeFormat = (format: TableFormat): format is ChallengeFormat =>
  format !== 'json' && format !== 'jsonl';

export const isTableFormat = (text: string): text is TableFormat =>
  TABLE_FORMATS.some((format) => format === text);

/** Times differ from run to run; a table of the same images does not. */
function withoutTimes(result: unknown): unknown {
  if (typeof result !== 'object' || result === null || !('milliseconds' in result)) return result;
  const { milliseconds: _, ...rest } = result;
  return rest;
}

/**
 * Results as a file.
 * @param results as `--json` prints them, with the table's names for the images
 * @param round whole pixels, in the challenges' formats
 */
export function resultTable(results: readonly unknown[], format: TableFormat, round: boolean): string {
  const lines = results.map((result) => jsonText(withoutTimes(result)));
  if (format === 'jsonl') return lines.map((line) => `${line}\n`).join('');
  if (format === 'json') return lines.length === 0 ? '[]\n' : `[\n${lines.join(',\n')}\n]\n`;
  if (lines.length === 0) return challengeHeader(format);
  return challengeCsv(withOrigin(parseResults(lines.join('\n'), 'results').fine, 1), format, round);
}
