import type { DistanceSummary, Estimate, LandmarkTable, SeriesEvaluation } from '../../landmarks/index.js';
import type { ImageEntry } from '../../node/find-images.js';
import { amount, type EvaluationTitle } from '../evaluate/format.js';
import { element, escapeMarkup, type Markup } from './markup.js';
import { colorClass, cumulativeCurve, histogram, reach, scatter } from './plots.js';
import { STYLE } from './style.js';
import { worstCases } from './worst.js';

export interface ReportRequest {
  readonly all: readonly SeriesEvaluation[];
  readonly title: EvaluationTitle;
  readonly truth: LandmarkTable;
  /** Where the worst cases' pictures are; may be empty. */
  readonly images: readonly ImageEntry[];
  /** Number of worst cases. */
  readonly worst: number;
  readonly onProblem: (message: string) => void;
}

const estimate = ({ value, low, high }: Estimate, show: (value: number) => string): Markup =>
  Number.isNaN(value) ? '-' : `${show(value)}<small>${show(low)} to ${show(high)}</small>`;

const percent = (value: number): string => `${amount(100 * value, 1)} %`;

const keyOf = (series: SeriesEvaluation, index: number): Markup =>
  element('span', { class: `key ${colorClass(index)}${series.stage === 'coarse' ? ' dashed' : ''}` });

function summaryRows(
  all: readonly SeriesEvaluation[],
  unit: string,
  digits: number,
  pick: (series: SeriesEvaluation) => DistanceSummary | undefined,
): Markup[] {
  const row = (name: string, cell: (summary: DistanceSummary) => Markup): Markup => {
    const cells = all.map((series) => {
      const summary = pick(series);
      return element('td', {}, summary === undefined ? '-' : cell(summary));
    });
    return element('tr', {}, element('th', { scope: 'row' }, escapeMarkup(name)), ...cells);
  };
  const show = (value: number): string => amount(value, digits);
  const first = all.map(pick).find((summary) => summary !== undefined);
  return [
    row(`mean, ${unit}`, ({ mean }) => estimate(mean, show)),
    row(`median, ${unit}`, ({ median }) => estimate(median, show)),
    ...[2, 3].map((i) =>
      row(`${first?.percentiles[i]?.percent ?? ''} % within, ${unit}`, ({ percentiles }) =>
        show(percentiles[i]?.value ?? Number.NaN),
      ),
    ),
    row(`largest, ${unit}`, ({ maximum }) => show(maximum)),
    ...(first?.sdr ?? []).map(({ threshold }, i) =>
      row(`SDR below ${threshold} ${unit}`, ({ sdr }) => {
        const rate = sdr[i];
        return rate === undefined ? '-' : estimate(rate.share, percent);
      }),
    ),
  ];
}

function summaryTable(all: readonly SeriesEvaluation[], { scaleLabel }: EvaluationTitle): Markup {
  const head = all.map((series, i) =>
    element('th', { scope: 'col' }, keyOf(series, i), escapeMarkup(series.label)),
  );
  const counts = all.map(({ images, missing }) =>
    element('td', {}, `${images}${missing.length > 0 ? `<small>${missing.length} missing</small>` : ''}`),
  );
  const differences = all.map(({ difference }) =>
    element(
      'td',
      {},
      difference === undefined
        ? ''
        : estimate(difference.mean, (value) => `${value > 0 ? '+' : ''}${amount(value, 2)}`),
    ),
  );
  const rows = [
    element('tr', {}, element('th', { scope: 'row' }, 'images'), ...counts),
    ...summaryRows(all, 'px', 2, ({ pixels }) => pixels),
    ...(scaleLabel === undefined ? [] : summaryRows(all, `of ${scaleLabel}`, 4, ({ relative }) => relative)),
    ...(all.length > 1
      ? [element('tr', {}, element('th', { scope: 'row' }, "mean, minus the first's, px"), ...differences)]
      : []),
  ];
  const table = element(
    'table',
    {},
    element('thead', {}, element('tr', {}, element('th', {}), ...head)),
    element('tbody', {}, ...rows),
  );
  return element('div', { class: 'scroll' }, table);
}

const section = (title: string, text: string, ...content: Markup[]): Markup =>
  element('h2', {}, title) + element('p', { class: 'soft' }, text) + content.join('');

/** A plot for each series, under its name. */
const multiples = (all: readonly SeriesEvaluation[], plot: (index: number) => Markup): Markup =>
  element(
    'div',
    { class: 'multiples' },
    ...all.map((series, i) =>
      element('section', {}, element('h3', {}, keyOf(series, i), escapeMarkup(series.label)), plot(i)),
    ),
  );

/** The final landmarks of the first file. */
const mainSeries = (all: readonly SeriesEvaluation[]): SeriesEvaluation | undefined =>
  all.find(({ stage }) => stage !== 'coarse') ?? all[0];

/** An evaluation as one HTML page that needs nothing else: no network, no script. */
export async function reportPage(request: ReportRequest): Promise<string> {
  const { all, title, truth, images, worst, onProblem } = request;
  const shown = mainSeries(all);
  const errors = [...(shown?.errors ?? [])].sort((a, b) => b.distance - a.distance).slice(0, worst);
  const to = reach(all);
  const confidence = `${100 * title.confidence} %`;
  const legend = all
    .map(
      (series, i) =>
        `<span style="margin-right:1.6em">${keyOf(series, i)}${escapeMarkup(series.label)}</span>`,
    )
    .join('');
  const cases =
    images.length > 0
      ? 'The cross is the true place, the ring the one found; the piece shown grows with the error.'
      : 'Give the images (--images) to see them here.';
  const body = [
    element('h1', {}, 'Landmark errors'),
    element('p', { class: 'soft' }, `Against ${escapeMarkup(title.truth)}, ${title.images} images.`),
    section(
      'Summary',
      `Beside a value its ${confidence} interval: bootstrap over images, ${title.resamples} resamples. SDR, the successful detection rate, is the share of landmarks whose error is below the threshold.`,
      summaryTable(all, title),
    ),
    section(
      'Cumulative error',
      'Share of landmarks whose error is at most so large; vertical lines are the thresholds of the detection rates. A curve that ends below 100 % has larger errors than are shown.',
      element('p', {}, legend),
      cumulativeCurve(all, to),
    ),
    section(
      'How errors are distributed',
      'The last, pale bar holds all larger ones.',
      multiples(all, (i) => histogram(all, i, to)),
    ),
    section(
      'Direction of errors',
      'Where landmarks were found as seen from their true places; rings are the thresholds, the cross is the mean.',
      multiples(all, (i) => scatter(all, i, to)),
    ),
    section(
      `Largest errors${shown === undefined ? '' : `: ${escapeMarkup(shown.label)}`}`,
      cases,
      await worstCases({ errors, truth, images, onProblem }),
    ),
    element('footer', {}, 'Written by zian evaluate. For research; not a medical device.'),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Landmark errors: ${escapeMarkup(title.truth)}</title>
<style>${STYLE}</style>
</head>
<body>
${body.join('\n')}
</body>
</html>
`;
}
