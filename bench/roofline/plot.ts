import type { CaseResult } from '../kernels.js';
import { millisecondsOf } from '../measure.js';
import type { Roofline } from './measure.js';

const WIDTH = 900;
const HEIGHT = 560;
const LEFT = 70;
const RIGHT = 220;
const TOP = 50;
const BOTTOM = 60;
const COLOURS = ['#0b62a4', '#b5482a', '#3d7d3a', '#7a4ea3', '#a3761b', '#12807a', '#a32a62', '#5b6470'];

interface Point {
  readonly label: string;
  readonly kernel: string;
  /** Operations per byte. */
  readonly intensity: number;
  readonly gflops: number;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/** The fastest right variant of each case that computes at all. */
function pointsOf(results: readonly CaseResult[]): Point[] {
  return results.flatMap(({ kernel, name, cost, variants }) => {
    const timed = variants.flatMap((result) => ('wrong' in result ? [] : [result]));
    const [fastest] = timed.toSorted((a, b) => millisecondsOf(a).median - millisecondsOf(b).median);
    if (!fastest || cost.flops === 0) return [];
    const label = `${kernel}: ${name} (${fastest.variant})`;
    return [{ label, kernel, intensity: cost.flops / cost.bytes, gflops: fastest.gflops }];
  });
}

/** Exponents of whole decades around values, at least one decade. */
function decadesAround(values: readonly number[], above: number): [number, number] {
  const first = Math.floor(Math.log10(Math.min(...values)));
  return [first, Math.max(first + 1, Math.ceil(Math.log10(Math.max(...values)) + above))];
}

/** A logarithmic axis from 10^first to 10^last over `length` pixels. */
const axis =
  (first: number, last: number, length: number) =>
  (value: number): number =>
    ((Math.log10(value) - first) / (last - first)) * length;

/**
 * A roofline plot as SVG: operations per byte across, GFLOP/s up, both logarithmic; the roofs as they were measured, and
 * a point for the fastest variant of each case.
 */
export function rooflinePlot(title: string, roofline: Roofline, results: readonly CaseResult[]): string {
  const points = pointsOf(results);
  const ridge = roofline.gflops / roofline.gbytes;
  const intensities = [...points.map(({ intensity }) => intensity), ridge];
  const speeds = [...points.map(({ gflops }) => gflops), roofline.gflops];
  const [x0, x1] = decadesAround(intensities, 0);
  // Room above the roof for its figure.
  const [y0, y1] = decadesAround(speeds, 0.1);
  const across = axis(x0, x1, WIDTH - LEFT - RIGHT);
  const up = axis(y0, y1, HEIGHT - TOP - BOTTOM);
  const x = (value: number): string => (LEFT + across(value)).toFixed(1);
  const y = (value: number): string => (HEIGHT - BOTTOM - up(value)).toFixed(1);
  const decades = (from: number, to: number): number[] =>
    Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i));
  const kernels = [...new Set(points.map(({ kernel }) => kernel))];
  const colour = (kernel: string): string => COLOURS[kernels.indexOf(kernel) % COLOURS.length] ?? 'black';
  const memoryStart = Math.max(10 ** x0, 10 ** y0 / roofline.gbytes);
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>`,
    `<text x="${LEFT}" y="28" font-size="15">${escaped(title)}</text>`,
    ...decades(x0, x1).flatMap((value) => [
      `<line x1="${x(value)}" y1="${TOP}" x2="${x(value)}" y2="${HEIGHT - BOTTOM}" stroke="#e3e6ea"/>`,
      `<text x="${x(value)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${value}</text>`,
    ]),
    ...decades(y0, y1).flatMap((value) => [
      `<line x1="${LEFT}" y1="${y(value)}" x2="${WIDTH - RIGHT}" y2="${y(value)}" stroke="#e3e6ea"/>`,
      `<text x="${LEFT - 8}" y="${Number(y(value)) + 4}" text-anchor="end">${value}</text>`,
    ]),
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 16}" text-anchor="middle">operations per byte</text>`,
    `<text transform="translate(18 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">GFLOP/s</text>`,
    `<polyline fill="none" stroke="#333" stroke-width="1.5" points="${x(memoryStart)},${y(memoryStart * roofline.gbytes)} ${x(ridge)},${y(roofline.gflops)} ${x(10 ** x1)},${y(roofline.gflops)}"/>`,
    `<text x="${x(10 ** x1)}" y="${Number(y(roofline.gflops)) - 7}" text-anchor="end">${roofline.gflops.toPrecision(3)} GFLOP/s, ${roofline.gbytes.toPrecision(3)} GB/s measured</text>`,
    ...points.map(
      ({ label, kernel, intensity, gflops }) =>
        `<circle cx="${x(intensity)}" cy="${y(gflops)}" r="5" fill="${colour(kernel)}" fill-opacity="0.8"><title>${escaped(label)}: ${gflops.toPrecision(3)} GFLOP/s</title></circle>`,
    ),
    ...kernels.flatMap((kernel, i) => [
      `<circle cx="${WIDTH - RIGHT + 30}" cy="${TOP + 10 + 20 * i}" r="5" fill="${colour(kernel)}"/>`,
      `<text x="${WIDTH - RIGHT + 42}" y="${TOP + 14 + 20 * i}">${escaped(kernel)}</text>`,
    ]),
    '</svg>',
  ];
  return `${lines.join('\n')}\n`;
}
