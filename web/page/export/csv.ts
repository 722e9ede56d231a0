import { challengeCoordinates } from '../../../src/zian/challenge-csv.js';
import type { Point } from '../../../src/zian/coordinates.js';
import type { PictureItem, PictureOutcome } from '../pictures.js';

export type CsvFormat = 'refuge' | 'gamma' | 'palm' | 'age';

interface Layout {
  readonly format: CsvFormat;
  readonly label: string;
  /** Of whole scans, with a landmark on each side. */
  readonly scans: boolean;
  readonly head: readonly string[];
  /** A picture's name as the challenge wants it. */
  readonly name: (file: string) => string;
}

const base = (file: string): string => file.slice(file.lastIndexOf('/') + 1);
const withoutEnding = (file: string): string => base(file).replace(/\.[^.]+$/, '');

/** As MODEL.md, section 10, has them. */
export const LAYOUTS: readonly Layout[] = [
  { format: 'refuge', label: 'REFUGE', scans: false, head: ['ImageName', 'Fovea_X', 'Fovea_Y'], name: base },
  {
    format: 'gamma',
    label: 'GAMMA',
    scans: false,
    head: ['data', 'Fovea_X', 'Fovea_Y'],
    name: withoutEnding,
  },
  { format: 'palm', label: 'PALM', scans: false, head: ['FileName', 'Fovea_X', 'Fovea_Y'], name: base },
  {
    format: 'age',
    label: 'AGE',
    scans: true,
    head: ['ASOCT_NAME', 'X_LEFT', 'Y_LEFT', 'X_RIGHT', 'Y_RIGHT'],
    name: base,
  },
];

/** RFC 4180: quoted where it must be. */
const cell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

const isScan = ({ findings }: PictureOutcome): boolean => findings.length === 2;

/** The layouts that fit what was found. */
export const fittingLayouts = (scans: boolean): readonly Layout[] =>
  LAYOUTS.filter((layout) => layout.scans === scans);

/**
 * The landmarks in a challenge's own format: 1-based pixels, two decimals or whole.
 * @returns undefined where no picture's result fits the format
 */
export function challengeCsv(
  items: readonly PictureItem[],
  format: CsvFormat,
  whole: boolean,
): string | undefined {
  const layout = LAYOUTS.find((known) => known.format === format);
  if (!layout) return undefined;
  const coordinates = (point: Point): string[] =>
    challengeCoordinates(point).map((text) => (whole ? String(Math.round(Number(text))) : text));
  const rows = items.flatMap(({ name, outcome }) => {
    if (!outcome || isScan(outcome) !== layout.scans) return [];
    return [[layout.name(name), ...outcome.findings.flatMap(({ result }) => coordinates(result.landmark))]];
  });
  if (rows.length === 0) return undefined;
  return [layout.head, ...rows].map((row) => `${row.map(cell).join(',')}\n`).join('');
}
