import { element, type Markup, svgText } from './markup.js';

/** A linear axis from data to drawing units. */
export interface Axis {
  readonly from: number;
  readonly to: number;
  /** Where `from` and `to` are drawn. */
  readonly start: number;
  readonly end: number;
}

export const position = ({ from, to, start, end }: Axis, value: number): number =>
  start + ((value - from) / (to - from)) * (end - start);

/** About `count` round values (1, 2 or 5 times a power of ten apart) from `from` to `to`. */
export function ticks(from: number, to: number, count: number): number[] {
  const rough = (to - from) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}

const digits = (values: readonly number[]): number => {
  const step = Math.abs((values[1] ?? 1) - (values[0] ?? 0));
  return Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
};

/** The frame of a plot. */
export interface Frame {
  readonly x: Axis;
  readonly y: Axis;
}

/** Grid lines, numbers and titles of both axes. */
export function drawAxes(
  { x, y }: Frame,
  titles: { readonly x: string; readonly y: string },
  options: {
    readonly xTicks: readonly number[];
    readonly yTicks: readonly number[];
    readonly yText?: (value: number) => string;
  },
): Markup {
  const { xTicks, yTicks, yText = (value) => value.toFixed(digits(yTicks)) } = options;
  const middle = (axis: Axis): number => (axis.start + axis.end) / 2;
  return [
    ...yTicks.map((value) => {
      const at = position(y, value);
      return (
        element('line', { class: 'grid', x1: x.start, x2: x.end, y1: at, y2: at }) +
        svgText(x.start - 7, at + 4, yText(value), { class: 'tick', 'text-anchor': 'end' })
      );
    }),
    ...xTicks.map((value) => {
      const at = position(x, value);
      return (
        element('line', { class: 'grid', x1: at, x2: at, y1: y.start, y2: y.end }) +
        svgText(at, y.start + 17, value.toFixed(digits(xTicks)), { class: 'tick', 'text-anchor': 'middle' })
      );
    }),
    element('path', { class: 'axis', d: `M${x.start} ${y.end}V${y.start}H${x.end}` }),
    svgText(middle(x), y.start + 36, titles.x, { class: 'title', 'text-anchor': 'middle' }),
    svgText(0, 0, titles.y, {
      class: 'title',
      'text-anchor': 'middle',
      transform: `translate(${x.start - 42} ${middle(y)}) rotate(-90)`,
    }),
  ].join('');
}

/** The drawing around plots. */
export const drawing = (width: number, height: number, label: string, ...content: Markup[]): Markup =>
  element(
    'svg',
    { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': label, style: `max-width:${width}px` },
    ...content,
  );
