import type { TunedCall, TuneResult, TuningTable } from '../tuning/index.js';
import { table as columns } from './table.js';

const time = (value: number | null | undefined): string =>
  value === null || value === undefined ? 'wrong' : value.toPrecision(3);

/** The chosen variant with its time, and the others, the fastest first. */
function row([signature, { variant, milliseconds }]: readonly [string, TunedCall]): string[] {
  const others = Object.entries(milliseconds)
    .filter(([name]) => name !== variant)
    .toSorted(([, a], [, b]) => (a ?? Number.POSITIVE_INFINITY) - (b ?? Number.POSITIVE_INFINITY))
    .map(([name, value]) => `${name} ${time(value)}`);
  return [time(milliseconds[variant]), variant, signature, others.join(', ')];
}

/** A tuning table as text for people; times are medians in milliseconds. */
export function formatTuning(table: TuningTable, result?: TuneResult): string {
  const rows = [...table.entries()].map(row);
  const lines =
    rows.length === 0
      ? ['Nothing has been measured on this adapter; run `zian tune`.']
      : columns([['ms', 'fastest', 'call', 'other variants (ms)'], ...rows], new Set([0]));
  const missing = result?.missing ? `, ${result.missing} left for lack of time (see --budget)` : '';
  const summary = result
    ? [`${result.measured} of the model's ${result.calls} calls were measured now${missing}.`]
    : [];
  return `${[table.adapter, ...lines, ...summary].join('\n')}\n`;
}
