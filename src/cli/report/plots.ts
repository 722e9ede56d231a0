import type { SeriesEvaluation } from '../../landmarks/index.js';
import { quantile } from '../../landmarks/quantile.js';
import { type Axis, drawAxes, drawing, position, ticks } from './axis.js';
import { element, escapeMarkup, type Markup, svgText } from './markup.js';

const sortedDistances = ({ errors }: SeriesEvaluation): Float64Array =>
  Float64Array.from(errors, ({ distance }) => distance).sort();

/** Class of a series' colour. */
export const colorClass = (index: number): string => `s${index % 6}`;

/** The error that plots reach to: nearly all, but no more than three times the largest threshold for a few outliers. */
export function reach(all: readonly SeriesEvaluation[]): number {
  const largest = Math.max(...all.map((series) => quantile(sortedDistances(series), 0.98) || 0));
  const threshold = Math.max(1, ...all.flatMap(({ pixels }) => pixels.sdr.map((rate) => rate.threshold)));
  return 1.05 * Math.max(threshold, Math.min(largest, 3 * threshold));
}

/** Share of landmarks by the error that they are within; a curve for each series. */
export function cumulativeCurve(all: readonly SeriesEvaluation[], to: number): Markup {
  const x: Axis = { from: 0, to, start: 60, end: 700 };
  const y: Axis = { from: 0, to: 1, start: 330, end: 20 };
  const curves = all.map((series, i) => {
    const sorted = sortedDistances(series);
    const steps = Array.from(
      sorted.filter((value) => value <= to),
      (value, k) => {
        return `H${position(x, value).toFixed(1)}V${position(y, (k + 1) / sorted.length).toFixed(1)}`;
      },
    );
    return element(
      'path',
      {
        class: `line ${colorClass(i)}${series.stage === 'coarse' ? ' dashed' : ''}`,
        d: `M${x.start} ${y.start}${steps.join('')}H${x.end}`,
      },
      element('title', {}, escapeMarkup(series.label)),
    );
  });
  const thresholds = all[0]?.pixels.sdr.map(({ threshold }) => threshold) ?? [];
  const marks = thresholds
    .filter((threshold) => threshold <= to)
    .map((threshold) =>
      element('line', {
        class: 'threshold',
        x1: position(x, threshold),
        x2: position(x, threshold),
        y1: y.start,
        y2: y.end,
      }),
    );
  const axes = drawAxes(
    { x, y },
    { x: 'error, pixels', y: 'share of landmarks within' },
    { xTicks: ticks(0, to, 10), yTicks: ticks(0, 1, 5), yText: (value) => `${Math.round(100 * value)} %` },
  );
  return drawing(720, 375, 'Cumulative error curve', axes, ...marks, ...curves);
}

const BINS = 24;

/** How many landmarks have which error; the last bar holds all beyond. */
export function histogram(all: readonly SeriesEvaluation[], series: number, to: number): Markup {
  const count = (distances: Float64Array): number[] => {
    const bins = Array.from({ length: BINS + 1 }, () => 0);
    for (const value of distances) {
      const bin = Math.min(BINS, Math.floor((value / to) * BINS));
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
    return bins;
  };
  const counts = all.map((one) => count(sortedDistances(one)));
  const most = Math.max(1, ...counts.flat());
  const width = to / BINS;
  const x: Axis = { from: 0, to: to + width, start: 54, end: 340 };
  const y: Axis = { from: 0, to: 1.08 * most, start: 190, end: 14 };
  const bars = (counts[series] ?? []).map((height, bin) => {
    const left = position(x, bin * width);
    const range =
      bin === BINS
        ? `${(bin * width).toFixed(1)} px and more`
        : `${(bin * width).toFixed(1)} to ${((bin + 1) * width).toFixed(1)} px`;
    return element(
      'rect',
      {
        class: `bar ${colorClass(series)}${bin === BINS ? ' beyond' : ''}`,
        x: left + 0.5,
        width: Math.max(1, position(x, (bin + 1) * width) - left - 1),
        y: position(y, height),
        height: y.start - position(y, height),
      },
      element('title', {}, `${range}: ${height}`),
    );
  });
  const yTicks = ticks(0, 1.08 * most, 4).filter((value) => Number.isInteger(value));
  const axes = drawAxes(
    { x, y },
    { x: 'error, pixels', y: 'landmarks' },
    { xTicks: ticks(0, to, 5), yTicks },
  );
  return drawing(350, 232, `Errors of ${all[series]?.label ?? ''}`, axes, ...bars);
}

/** Found minus true, with rings at the thresholds and a cross at the mean. */
export function scatter(all: readonly SeriesEvaluation[], series: number, to: number): Markup {
  const { errors = [], pixels } = all[series] ?? {};
  const x: Axis = { from: -to, to, start: 54, end: 334 };
  const y: Axis = { from: -to, to, start: 14, end: 294 };
  const inside = errors.filter(({ dx, dy }) => Math.max(Math.abs(dx), Math.abs(dy)) <= to);
  const rings = (pixels?.sdr ?? []).map(({ threshold }) =>
    element('circle', {
      class: 'ring',
      cx: position(x, 0),
      cy: position(y, 0),
      r: position(x, threshold) - position(x, 0),
    }),
  );
  const radius = errors.length > 500 ? 1.7 : errors.length > 50 ? 2.6 : 4;
  const dots = inside.map(({ dx, dy, name, distance }) =>
    element(
      'circle',
      {
        class: `dot ${colorClass(series)}`,
        cx: position(x, dx),
        cy: position(y, dy),
        r: radius,
      },
      element('title', {}, `${escapeMarkup(name)}: ${distance.toFixed(1)} px`),
    ),
  );
  const mean = (pick: (error: (typeof errors)[number]) => number): number =>
    errors.reduce((sum, error) => sum + pick(error), 0) / errors.length;
  const at = {
    x: position(
      x,
      mean(({ dx }) => dx),
    ),
    y: position(
      y,
      mean(({ dy }) => dy),
    ),
  };
  const cross = Number.isFinite(at.x + at.y)
    ? element(
        'path',
        {
          class: 'mean',
          d: `M${(at.x - 7).toFixed(1)} ${at.y.toFixed(1)}h14M${at.x.toFixed(1)} ${(at.y - 7).toFixed(1)}v14`,
        },
        element(
          'title',
          {},
          `mean: ${mean(({ dx }) => dx).toFixed(2)} px to the right, ${mean(({ dy }) => dy).toFixed(2)} px down`,
        ),
      )
    : '';
  // A drawing of its own, which cuts off what lies outside.
  const box = { x: x.start, y: y.start, width: x.end - x.start, height: y.end - y.start };
  const viewBox = `${box.x} ${box.y} ${box.width} ${box.height}`;
  const window = element('svg', { ...box, viewBox }, ...rings, ...dots, cross);
  // The y axis is drawn downwards, as pictures are; its numbers are at the bottom's side.
  const frame = { x, y: { from: to, to: -to, start: 294, end: 14 } };
  const marks = ticks(-to, to, 5);
  const axes = drawAxes(
    frame,
    { x: 'to the right, pixels', y: 'down, pixels' },
    { xTicks: marks, yTicks: marks },
  );
  const beyond = errors.length - inside.length;
  const note =
    beyond > 0 ? svgText(334, 26, `${beyond} beyond`, { class: 'tick', 'text-anchor': 'end' }) : '';
  return drawing(350, 336, `Errors of ${all[series]?.label ?? ''}, by direction`, axes, window, note);
}
