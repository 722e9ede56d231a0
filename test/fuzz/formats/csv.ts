import { cellText, csvCell, parseTable } from '../../../src/landmarks/index.js';
import { parseCsv } from '../../../src/node/csv.js';
import { type Draw, EDGES, ODD_TEXTS } from '../draw.js';
import { check, type Format } from '../format.js';

const HEADERS: readonly (readonly string[])[] = [
  ['ImageName', 'Fovea_X', 'Fovea_Y'],
  ['ASOCT_NAME', 'X_LEFT', 'Y_LEFT', 'X_RIGHT', 'Y_RIGHT'],
  ['data', 'Fovea_X', 'Fovea_Y'],
  ['file', 'x', 'y', 'peak'],
  ['ID', 'ImgName', 'Fovea_X', 'Fovea_Y'],
];

function drawCell(draw: Draw): string {
  const kind = draw.below(8);
  if (kind === 0) return draw.pick(ODD_TEXTS);
  if (kind === 1) return String(draw.pick(EDGES));
  if (kind === 2)
    return draw.pick([
      '-1',
      'nan',
      '',
      '1,5',
      '1e400',
      '0x10',
      '"',
      '""',
      'a"b',
      "'",
      '\t',
      '١٢',
      '5\u00a0',
      '1_000',
      'Infinity',
    ]);
  return (draw.below(200000) / 100 - 10).toFixed(2);
}

function mutateRows(draw: Draw, rows: string[][]): string[][] {
  const kind = draw.below(6);
  const row = draw.below(rows.length);
  const cells = rows[row] ?? [];
  if (kind === 0) return draw.shuffled(rows);
  if (kind === 1) return rows.with(row, draw.shuffled(cells));
  if (kind === 2)
    return rows.with(row, [...cells, ...Array.from({ length: draw.pick([1, 100, 20_000]) }, () => '')]);
  if (kind === 3) return rows.with(row, []);
  return rows.with(
    row,
    cells.length === 0 ? [drawCell(draw)] : cells.with(draw.below(cells.length), drawCell(draw)),
  );
}

const quoted = (draw: Draw, cell: string): string =>
  /[",;\t\r\n]/.test(cell) && draw.chance(0.9) ? `"${cell.replaceAll('"', '""')}"` : cell;

export const csv: Format = {
  name: 'csv',
  mutate(draw) {
    const header = draw.pick(HEADERS);
    let rows = [
      [...header],
      ...Array.from({ length: draw.below(8) }, (_, i) =>
        header.map((_, c) => (c < header.length - 4 || c === 0 ? `V${i}.jpg` : drawCell(draw))),
      ),
    ];
    for (let i = draw.below(4); i > 0; i--) if (rows.length > 0) rows = mutateRows(draw, rows);
    const delimiter = draw.pick([',', ',', ',', ';', '\t']);
    const end = draw.pick(['\n', '\n', '\r\n', '\r']);
    const start = draw.chance(0.2) ? '\ufeff' : '';
    const text =
      start +
      rows.map((row) => row.map((cell) => quoted(draw, cell)).join(delimiter)).join(end) +
      (draw.chance(0.8) ? end : '');
    const bytes = draw.chance(0.05)
      ? new Uint8Array(Buffer.from(text, 'utf16le'))
      : new TextEncoder().encode(text);
    return draw.chance(0.2) ? draw.scrambled(bytes) : bytes;
  },
  async read(bytes) {
    const table = parseTable(parseCsv(Buffer.from(bytes).toString('utf8'), 't.csv'), 't.csv');
    for (const { name, points } of table.rows) {
      check(points.length === table.sides, 'another number of landmarks');
      check(
        points.every(
          (point) => point === undefined || (Number.isFinite(point.x) && Number.isFinite(point.y)),
        ),
        'a landmark that is no number',
      );
      const cell = csvCell(name);
      check(!/[\p{Cc}\p{Cf}]/u.test(cell), 'a cell with control characters');
      check(!/^[=@]/.test(cell) && !/^[+-](?![\d.])/.test(cell), 'a formula');
      if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(name)) continue;
      // With a comma on the line, as in every table that is written: else the delimiter would be guessed.
      const again = parseCsv(`${cell},1\n`, 'again')[0]?.[0] ?? '';
      check(
        cellText(again) === name,
        `a name that is read back as another: ${JSON.stringify([name, cell, again])}`,
      );
    }
    return 0;
  },
};
