import type { DistanceSummary, Estimate, SeriesEvaluation } from '../../landmarks/index.js';
import { printable } from '../../weights/index.js';
import { table } from '../table.js';

/** A number of pixels, or of units of a scale, as people read it. */
export const amount = (value: number, digits: number): string =>
  Number.isNaN(value) ? '-' : value.toFixed(digits);

const percent = (value: number): string => amount(100 * value, 2);

const range = ({ value, low, high }: Estimate, show: (value: number) => string): string =>
  Number.isNaN(value) ? '-' : `${show(value)} [${show(low)}, ${show(high)}]`;

const signed =
  (digits: number) =>
  (value: number): string =>
    `${value > 0 ? '+' : ''}${amount(value, digits)}`;

/** One row of the table: what it is, and each series' cell. */
type Row = readonly [title: string, cell: (series: SeriesEvaluation) => string];

/** Rows that describe distances in one unit. */
function distanceRows(
  example: DistanceSummary,
  unit: string,
  digits: number,
  pick: (series: SeriesEvaluation) => DistanceSummary | undefined,
): Row[] {
  const cell =
    (show: (summary: DistanceSummary) => string) =>
    (series: SeriesEvaluation): string => {
      const summary = pick(series);
      return summary === undefined ? '-' : show(summary);
    };
  const plain = (value: number): string => amount(value, digits);
  return [
    [`mean, ${unit}`, cell(({ mean }) => range(mean, plain))],
    [`median, ${unit}`, cell(({ median }) => range(median, plain))],
    [`standard deviation, ${unit}`, cell(({ standardDeviation }) => plain(standardDeviation))],
    ...example.percentiles.map(
      ({ percent: share }, i): Row => [
        `${share} % are within, ${unit}`,
        cell(({ percentiles }) => plain(percentiles[i]?.value ?? Number.NaN)),
      ],
    ),
    [`largest, ${unit}`, cell(({ maximum }) => plain(maximum))],
    ...example.sdr.map(
      ({ threshold }, i): Row => [
        `SDR below ${threshold} ${unit}, %`,
        cell(({ sdr }) => {
          const rate = sdr[i];
          return rate === undefined ? '-' : range(rate.share, percent);
        }),
      ],
    ),
  ];
}

/** What the table says beside its numbers. */
export interface EvaluationTitle {
  readonly truth: string;
  readonly images: number;
  readonly confidence: number;
  readonly resamples: number;
  readonly scaleLabel?: string;
}

/** The evaluation for people: a column for each series. */
export function formatEvaluation(all: readonly SeriesEvaluation[], title: EvaluationTitle): string {
  const [first] = all;
  if (first === undefined) return '';
  const rows: Row[] = [
    ['', ({ label }) => printable(label, 60)],
    [
      'images',
      ({ images, missing }) => `${images}${missing.length > 0 ? ` (${missing.length} missing)` : ''}`,
    ],
    ...(all.some(({ errors, images }) => errors.length !== images)
      ? [['landmarks', ({ errors }) => String(errors.length)] satisfies Row]
      : []),
    ...distanceRows(first.pixels, 'px', 2, ({ pixels }) => pixels),
    ...(first.relative === undefined
      ? []
      : distanceRows(first.relative, `of ${title.scaleLabel ?? 'the scale'}`, 4, ({ relative }) => relative)),
    ...(all.length === 1
      ? []
      : [
          [
            `mean, minus the first's, px`,
            ({ difference }) => (difference === undefined ? '' : range(difference.mean, signed(2))),
          ] satisfies Row,
        ]),
  ];
  const lines = table(rows.map(([name, cell]) => [name, ...all.map(cell)]));
  const note =
    `[low, high]: ${100 * title.confidence} % intervals, bootstrap over images, ${title.resamples} resamples. ` +
    'SDR: share of landmarks whose error is below the threshold.';
  return `${printable(title.truth)}: ${title.images} images\n\n${lines.join('\n')}\n\n${note}\n`;
}
