import { type Axis, drawAxes, position, ticks } from '../report/axis.js';
import { element, escapeMarkup, type Markup, svgText } from '../report/markup.js';
import type { Assessment } from './assess.js';

/** Light, or dark as the reader's system is: an SVG that is shown as a picture has its own style. */
const STYLE = `
svg { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; --paper: #fdfdfc; --ink: #23272e;
  --soft: #626b78; --grid: #e4e6ea; --a: #1f66b0; --b: #c4560f; }
@media (prefers-color-scheme: dark) { svg { --paper: #16191d; --ink: #e4e7eb; --soft: #9aa4b2; --grid: #2c323a; --a: #6cb0f5;
  --b: #f59a55; } }
.paper { fill: var(--paper); } text { fill: var(--ink); } .tick { fill: var(--soft); font-size: 11px; } .head { font-weight: 600; font-size: 13px; }
.grid { stroke: var(--grid); } .axis { fill: none; stroke: var(--soft); } .ideal { stroke: var(--soft); stroke-dasharray: 4 4; }
.a { fill: none; stroke: var(--a); stroke-width: 2; } .b { fill: none; stroke: var(--b); stroke-width: 2; }
.dot { fill: var(--a); } .bar { stroke: var(--a); stroke-opacity: .45; stroke-width: 2; }
.note-a { fill: var(--a); } .note-b { fill: var(--b); } .end { text-anchor: end; }`;

const percentTick = (value: number): string => `${Math.round(100 * value)} %`;

/** 95 % interval of a share (Wilson's score interval). */
function shareInterval(share: number, count: number): [number, number] {
  const z = 1.96;
  const middle = share + (z * z) / (2 * count);
  const half = z * Math.sqrt((share * (1 - share)) / count + (z * z) / (4 * count * count));
  const scale = 1 + (z * z) / count;
  return [(middle - half) / scale, (middle + half) / scale];
}

const curve = (x: Axis, y: Axis, points: readonly (readonly [number, number])[], name: string): Markup =>
  element('path', {
    class: name,
    d: points
      .map(([a, b], i) => `${i === 0 ? 'M' : 'L'}${position(x, a).toFixed(1)} ${position(y, b).toFixed(1)}`)
      .join(''),
  });

function reliabilityPlot({ reliability }: Assessment): Markup {
  const x: Axis = { from: 0, to: 1, start: 62, end: 342 };
  const y: Axis = { from: 0, to: 1, start: 344, end: 64 };
  const bins = reliability.bins.map(({ count, meanConfidence, right }) => {
    const [low, high] = shareInterval(right, count);
    const at = position(x, meanConfidence);
    return (
      element('line', { class: 'bar', x1: at, x2: at, y1: position(y, low), y2: position(y, high) }) +
      element('circle', { class: 'dot', cx: at, cy: position(y, right), r: 4 })
    );
  });
  const marks = ticks(0, 1, 5);
  return [
    svgText(x.start, 46, 'Reliability, ten bins of equal size', { class: 'head' }),
    drawAxes(
      { x, y },
      { x: 'confidence', y: 'share that is right' },
      {
        xTicks: marks,
        yTicks: marks,
        yText: percentTick,
      },
    ),
    element('line', { class: 'ideal', x1: x.start, y1: y.start, x2: x.end, y2: y.end }),
    ...bins,
    svgText(
      x.end - 6,
      y.start - 10,
      `expected calibration error ${(100 * reliability.expectedError).toFixed(1)} %`,
      {
        class: 'tick end',
      },
    ),
  ].join('');
}

function triagePlot({ triage }: Assessment, limit: number): Markup {
  // The first few landmarks say nothing.
  const points = triage.filter(({ kept }) => kept >= 0.05);
  const top = 1.15 * Math.max(...points.map(({ meanError }) => meanError));
  const x: Axis = { from: 0, to: 1, start: 432, end: 680 };
  const errors: Axis = { from: 0, to: top, start: 344, end: 64 };
  const wrong: Axis = { ...errors, to: 1.15 * Math.max(0.01, ...points.map(({ right }) => 1 - right)) };
  return [
    svgText(x.start, 46, 'Triage: what is left of the errors', { class: 'head' }),
    drawAxes(
      { x, y: errors },
      { x: 'share that is kept, most confident first', y: 'mean error, % of the width' },
      {
        xTicks: ticks(0, 1, 5),
        yTicks: ticks(0, top, 5),
        yText: (value) => (100 * value).toFixed(1),
      },
    ),
    curve(
      x,
      errors,
      points.map(({ kept, meanError }) => [kept, meanError]),
      'a',
    ),
    curve(
      x,
      wrong,
      points.map(({ kept, right }) => [kept, 1 - right]),
      'b',
    ),
    ...ticks(0, wrong.to, 5).map((value) =>
      svgText(x.end + 7, position(wrong, value) + 4, percentTick(value), { class: 'note-b' }),
    ),
    svgText(x.start + 10, 82, 'mean error', { class: 'note-a' }),
    svgText(x.start + 10, 99, `share over ${(100 * limit).toFixed(1)} % (right-hand scale)`, {
      class: 'note-b',
    }),
  ].join('');
}

/** The reliability and the triage curve of a calibration, as an SVG file. */
export function calibrationPlot(assessment: Assessment, limit: number, title: string): string {
  const { count } = assessment.reliability;
  const label = `${title}: ${count} ${assessment.on === 'held-out' ? 'held-out landmarks' : 'landmarks, cross-validated'}`;
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: '0 0 740 392',
    role: 'img',
    'aria-label': label,
  };
  return `${element(
    'svg',
    attributes,
    element('style', {}, STYLE),
    element('rect', { class: 'paper', width: 740, height: 392 }),
    svgText(20, 22, escapeMarkup(label), { class: 'head' }),
    reliabilityPlot(assessment),
    triagePlot(assessment, limit),
  )}\n`;
}
