import { printable } from '../../weights/index.js';
import type { Point } from '../engine.js';
import { table } from '../table.js';
import type { AccuracyRow, PointRow, StageRow, VerifyReport } from './report.js';

/** Three digits are enough to see where an error is. */
const number = (value: number): string => {
  if (value === 0) return '0';
  return Math.abs(value) >= 0.01 && Math.abs(value) < 10_000 ? value.toPrecision(3) : value.toExponential(1);
};

const point = ({ x, y }: Point): string => `(${x}, ${y})`;

const verdict = (ok: boolean): string => (ok ? 'ok' : 'FAIL');

/** The graph that `localize` runs is another one than that of the stages, so its heat maps are told apart. */
const nameOf = ({ stage, graph }: Pick<StageRow, 'stage' | 'graph'>): string =>
  graph === 'localize' ? `localize: ${stage}` : printable(stage);

const stageCells = (row: StageRow): string[] => [
  nameOf(row),
  row.shape.join('x'),
  row.every === 1 ? 'all' : `1/${row.every}`,
  number(row.maxError),
  number(row.rmsError),
  number(row.scale),
  number(row.tolerance),
  verdict(row.ok),
];

function accuracyCells(row: AccuracyRow): string[] {
  const { pytorch } = row;
  const ratio = pytorch === null || pytorch === 0 ? '-' : (row.model / pytorch).toFixed(2);
  const against = row.against === 'float64' ? 'float64' : 'float64, float32 grid';
  return [nameOf(row), against, number(row.model), pytorch === null ? '-' : number(pytorch), ratio];
}

const pointCells = (row: PointRow): string[] => [
  row.name,
  row.unit,
  point(row.model),
  point(row.reference),
  Math.hypot(row.model.x - row.reference.x, row.model.y - row.reference.y).toPrecision(3),
  verdict(row.ok),
];

function summary({ ok, stages, points, problem, dtype, adapter, notCompared }: VerifyReport): string[] {
  const lines: string[] = [];
  if (notCompared.length > 0) {
    lines.push(
      `not compared (${notCompared.length}): ${notCompared.map((name) => printable(name)).join(', ')}`,
    );
  }
  if (stages.length === 0) return [...lines, 'FAIL: the reference has no tensor that the model has.'];
  const input = stages.find(({ stage }) => stage === 'input');
  if (input?.ok === false)
    lines.push('The input differs: is this the image that the reference was made from?');
  else if (stages.some(({ stage, ok: same }) => stage === 'roi_center' && !same)) {
    lines.push('The coarse peak differs, so that the fine stage looked at other regions than the reference.');
  }
  if (problem !== null) lines.push(`No landmark: ${printable(problem, 400)}`);
  const within = stages.filter((row) => row.ok).length;
  const same = points.filter((row) => row.ok).length;
  lines.push(
    `${ok ? 'PASS' : 'FAIL'}: ${within} of ${stages.length} stages within their tolerance, ${same} of ${points.length} points agree (${dtype}, ${adapter}).`,
  );
  return lines;
}

/** The report for people. Errors are absolute; the scale is the reference's largest magnitude. */
export function formatVerify(report: VerifyReport): string {
  const sections = [
    table(
      [
        ['stage', 'shape', 'compared', 'max error', 'RMS error', 'scale', 'tolerance', ''],
        ...report.stages.map(stageCells),
      ],
      new Set([2, 3, 4, 5, 6]),
    ),
  ];
  if (report.accuracy.length > 0) {
    const head = ['largest error of', 'against', 'this model', 'PyTorch', 'ratio'];
    sections.push(table([head, ...report.accuracy.map(accuracyCells)], new Set([2, 3, 4])));
  }
  if (report.points.length > 0) {
    const head = ['point', 'pixels of', 'this model', 'reference', 'distance', ''];
    sections.push(table([head, ...report.points.map(pointCells)], new Set([4])));
  }
  sections.push(summary(report));
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}
