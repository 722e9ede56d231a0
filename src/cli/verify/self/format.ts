import { printable } from '../../../weights/index.js';
import { table } from '../../table.js';
import type { LayerRow, SelfReport } from './report.js';

const MOST_ROWS = 10;

const number = (value: number): string => (value === 0 ? '0' : value.toExponential(2));

/** In units of the tolerance; exact layers have none. */
const share = ({ worst: { got, want, tolerance } }: LayerRow): number =>
  got === want ? 0 : tolerance === 0 ? Number.POSITIVE_INFINITY : Math.abs(got - want) / tolerance;

const cells = (row: LayerRow): string[] => [
  printable(row.layer, 80),
  `${row.kernel} (${row.variant})`,
  row.shape.join('x'),
  `${row.wrong} of ${row.compared}`,
  number(row.worst.got),
  number(row.worst.want),
  number(row.worst.tolerance),
];

const HEAD = ['layer', 'kernel (variant)', 'shape', 'wrong', 'got', 'wanted', 'tolerance'];
const tableOf = (rows: readonly LayerRow[]): string[] =>
  table([HEAD, ...rows.map(cells)], new Set([3, 4, 5, 6]));

/** The report for people: layers that are wrong, or else those that come nearest to it. */
export function formatSelf({ ok, layers, firstBad, adapter, dtype, seconds }: SelfReport): string {
  const bad = layers.filter((row) => !row.ok);
  const shown = ok ? layers.toSorted((a, b) => share(b) - share(a)).slice(0, 5) : bad.slice(0, MOST_ROWS);
  const lines = [
    ok ? 'Nearest to their tolerance:' : 'Wrong, in running order:',
    ...tableOf(shown),
    ...(bad.length > shown.length ? [`and ${bad.length - shown.length} more`] : []),
    ...bad.flatMap(({ layer, overwritten }) =>
      overwritten === undefined
        ? []
        : [`${printable(layer, 80)}: its input ${printable(overwritten, 80)} was overwritten`],
    ),
    '',
    ok
      ? `PASS: ${layers.length} outputs of layers agree with the float64 reference (${dtype}, ${printable(adapter.name)}, ${seconds.toFixed(1)} s).`
      : `FAIL: the first wrong layer is ${printable(firstBad ?? 'none: nothing was run', 80)}; ${bad.length} of ${layers.length} outputs of layers are wrong (${dtype}, ${printable(adapter.name)}). --report FILE writes what a bug report needs.`,
  ];
  return `${lines.join('\n')}\n`;
}
