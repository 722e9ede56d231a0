import type { Table } from '../../../bench/format.js';
import type { Section } from '../../../bench/sections.js';
import { el } from '../../page/dom.js';

function tableView({ head, rows, numbers }: Table, title: string): HTMLElement {
  const kind = (column: number): { class?: string } => (numbers.has(column) ? { class: 'number' } : {});
  const table = el(
    'table',
    { class: 'bench-table' },
    el('thead', {}, el('tr', {}, ...head.map((text, i) => el('th', { scope: 'col', ...kind(i) }, text)))),
    el(
      'tbody',
      {},
      ...rows.map((row) =>
        el(
          'tr',
          {},
          ...row.map((text, i) => (i === 0 ? el('th', { scope: 'row' }, text) : el('td', kind(i), text))),
        ),
      ),
    ),
  );
  // Wide tables scroll, by keyboard as well.
  return el('div', { class: 'table-scroll', role: 'region', tabindex: 0, 'aria-label': title }, table);
}

/** A part of the bench's report as a card. */
export const sectionView = ({ title, lines, tables }: Section): HTMLElement =>
  el(
    'section',
    { class: 'card' },
    el('h2', {}, title),
    ...lines.map((line) => el('p', { class: 'hint' }, line)),
    ...tables.map((table) => tableView(table, `${title}: ${table.head[0] ?? ''}`)),
  );
