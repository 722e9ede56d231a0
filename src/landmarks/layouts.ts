import { inputError, usageError } from '../errors.js';
import { printable } from '../printable.js';

/** Where a table's columns are (counted from 0), and how it counts pixels. */
export interface Layout {
  readonly name: number;
  /** Columns of x and y, for each landmark of a row. */
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly origin: 0 | 1;
}

/** Layouts that are told by position: docs/MODEL.md, "what the reference does around the network". */
const POSITIONS = {
  refuge: [1, 2, 3],
  age: [1, 2, 3],
  'age-test': [1, 3, 4],
  gamma: [0, 1, 2],
} as const;

export type LayoutName = keyof typeof POSITIONS;
export const LAYOUT_NAMES: readonly LayoutName[] = ['refuge', 'age', 'age-test', 'gamma'];

const isLayoutName = (text: string): text is LayoutName => Object.hasOwn(POSITIONS, text);

/** Headers of the column that names the image, in the order in which they are looked for. */
const NAME_HEADERS = [
  'imagename',
  'imgname',
  'asoctname',
  'filename',
  'file',
  'path',
  'image',
  'name',
  'data',
  'id',
];

/** Headers of the coordinates: two for one landmark, four for the left and the right of a scan. */
const POINT_HEADERS = [
  ['foveax', 'foveay'],
  ['xleft', 'yleft', 'xright', 'yright'],
  ['leftx', 'lefty', 'rightx', 'righty'],
  ['x1', 'y1', 'x2', 'y2'],
  ['x', 'y'],
];

const normalized = (header: string): string => header.toLowerCase().replace(/[^a-z0-9]/g, '');

/** `1,2,3` or `name,x,y`: the columns of the name, x and y (of two landmarks: x, y, x, y), by number from 1 or header. */
function parseColumns(text: string, header: readonly string[], source: string): Omit<Layout, 'origin'> {
  const columns = text.split(',').map((part) => {
    const wanted = part.trim();
    const found = /^\d+$/.test(wanted) ? Number(wanted) - 1 : header.indexOf(wanted);
    if (found < 0 || found >= header.length) {
      throw usageError(
        `${source} has no column '${wanted}'; its columns are ${header
          .slice(0, 12)
          .map((cell) => `'${printable(cell, 40)}'`)
          .join(', ')}.`,
      );
    }
    return found;
  });
  const [name, x1, y1, x2, y2] = columns;
  if (
    name === undefined ||
    x1 === undefined ||
    y1 === undefined ||
    columns.length === 4 ||
    columns.length > 5
  ) {
    throw usageError(
      `The columns '${text}' are ${columns.length}, but three are needed (name, x, y) or five (name, x, y of the left, x, y of the right).`,
    );
  }
  return {
    name,
    points:
      x2 === undefined || y2 === undefined
        ? [[x1, y1]]
        : [
            [x1, y1],
            [x2, y2],
          ],
  };
}

/** What the header says, or undefined where it says nothing. */
function layoutByHeader(header: readonly string[], spreadsheet: boolean): Layout | undefined {
  const cells = header.map(normalized);
  const nameHeader = NAME_HEADERS.find((candidate) => cells.includes(candidate));
  const coordinates = POINT_HEADERS.find((group) => group.every((candidate) => cells.includes(candidate)));
  if (nameHeader === undefined || coordinates === undefined) return undefined;
  const at = coordinates.map((candidate) => cells.indexOf(candidate));
  const points = Array.from(
    { length: at.length / 2 },
    (_, i) => [at[2 * i] ?? 0, at[2 * i + 1] ?? 0] as const,
  );
  // Our own tables call the image a `file`, and count pixels from 0; everybody else's count from 1.
  const own = !spreadsheet && nameHeader === 'file';
  return { name: cells.indexOf(nameHeader), points, origin: own ? 0 : 1 };
}

const isNumber = (cell: string | undefined): boolean =>
  cell !== undefined && cell.trim() !== '' && Number.isFinite(Number(cell));

/** The first of the data sets' layouts that the first row has numbers for. */
function layoutByPosition(first: readonly string[] | undefined): Layout | undefined {
  const fits = (layout: LayoutName): boolean => {
    const [name, x, y] = POSITIONS[layout];
    return first !== undefined && !isNumber(first[name]) && isNumber(first[x]) && isNumber(first[y]);
  };
  const found = LAYOUT_NAMES.find(fits);
  return found === undefined ? undefined : positional(found);
}

function positional(layout: LayoutName): Layout {
  const [name, x, y] = POSITIONS[layout];
  return { name, points: [[x, y]], origin: 1 };
}

/** How a table is to be read; without anything it is told by its header. */
export interface LayoutOptions {
  /** A data set's layout by name, or columns as `name,x,y`. */
  readonly layout?: string;
  /** What the first pixel is called. */
  readonly origin?: 0 | 1;
}

/**
 * Where a table's columns are.
 * @param rows with the header first
 * @throws ZianError: usage where the layout names columns that are not there; input where the table has none that is known
 */
export function findLayout(
  rows: readonly (readonly string[])[],
  source: string,
  { layout, origin }: LayoutOptions,
): Layout {
  const [header = [], first] = rows;
  const spreadsheet = /\.xlsx$/i.test(source);
  const byHeader = layoutByHeader(header, spreadsheet);
  let found: Layout | undefined;
  if (layout === undefined) found = byHeader ?? layoutByPosition(first);
  else if (isLayoutName(layout)) found = positional(layout);
  else found = { ...parseColumns(layout, header, source), origin: byHeader?.origin ?? 1 };
  if (found === undefined) {
    throw inputError(
      `${source}: no columns of a name and coordinates are known among ${header
        .slice(0, 12)
        .map((cell) => `'${printable(cell, 40)}'`)
        .join(', ')}; say which they are with --truth-layout or --predictions-layout NAME,X,Y.`,
    );
  }
  return origin === undefined ? found : { ...found, origin };
}
