import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { compareTables, matchNames, parseTable, withOrigin } from '../../src/landmarks/index.js';
import { parseCsv } from '../../src/node/csv.js';
import { readCells, readLandmarks, readPredictions } from '../../src/node/tables.js';
import { testFolder } from '../cli/support.js';

const folder = testFolder();
const fixture = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/landmarks/${name}`, import.meta.url));
const table = (text: string, options = {}) => parseTable(parseCsv(text, 't.csv'), 't.csv', options);

describe('tables of landmarks', () => {
  it('are read from spreadsheets, by header', async () => {
    const refuge = await readLandmarks(fixture('refuge.xlsx'));
    expect(refuge).toMatchObject({ origin: 1, sides: 1 });
    expect(refuge.rows).toEqual([
      { name: 'V0001.jpg', points: [{ x: 1143.57, y: 831.82 }], others: { ID: '1' } },
      { name: 'V0002.jpg', points: [undefined], others: { ID: '2' } },
    ]);
    const gamma = await readLandmarks(fixture('gamma.xlsx'));
    expect(gamma.rows.map(({ name, points }) => [name, points[0]])).toEqual([
      ['0001', { x: 995.5, y: 1000 }],
      ['0002', { x: 1234.25, y: 980.125 }],
    ]);
  });

  it('are read by the position of their columns where the header says nothing', async () => {
    expect((await readCells(fixture('unnamed.xlsx')))[0]).toEqual(['No.', 'Scan', 'Side', 'Column', 'Row']);
    const found = await readLandmarks(fixture('unnamed.xlsx'));
    expect(found.rows[0]).toMatchObject({ name: 'T0001-L.jpg', points: [{ x: 301.25, y: 512 }] });
    const named = await readLandmarks(fixture('unnamed.xlsx'), { layout: 'age-test' });
    expect(named.rows).toEqual(found.rows);
    const columns = await readLandmarks(fixture('unnamed.xlsx'), { layout: 'Scan,Column,5', origin: 0 });
    expect(columns).toMatchObject({ origin: 0, rows: [{ points: [{ x: 301.25, y: 512 }] }, {}] });
  });

  it.each([
    ['ImageName,Fovea_X,Fovea_Y', 1, 1],
    ['data,Fovea_X,Fovea_Y', 1, 1],
    ['FileName,Fovea_X,Fovea_Y', 1, 1],
    ['file,x,y', 0, 1],
    ['name,X,Y', 1, 1],
    ['ASOCT_NAME,X_LEFT,Y_LEFT,X_RIGHT,Y_RIGHT', 1, 2],
    ['file,x_left,y_left,x_right,y_right', 0, 2],
  ] as const)('with the header %s count from %i and have %i landmark(s)', (header, origin, sides) => {
    const text = `${header}\na.jpg,${Array(2 * sides)
      .fill('3.5')
      .join(',')}\n`;
    expect(table(text)).toMatchObject({ origin, sides });
  });

  it('may have a byte order mark, quotes, semicolons, other columns and empty lines', () => {
    const found = table('\ufeffdisc;ImageName;Fovea_X;Fovea_Y\r\n80;"a;b.jpg";1.5;2\r\n\r\n;c.jpg;3;4\r\n');
    expect(found.rows).toEqual([
      { name: 'a;b.jpg', points: [{ x: 1.5, y: 2 }], others: { disc: '80' } },
      { name: 'c.jpg', points: [{ x: 3, y: 4 }], others: { disc: '' } },
    ]);
  });

  it('say what is undetermined', () => {
    const rows = 'a,-1,-1\nb,,\nc,NaN,5\nd,5,-1\ne,0,0\nf,0,3\n';
    const found = (header: string): string[] =>
      table(`${header}\n${rows}`)
        .rows.filter(({ points }) => points[0] === undefined)
        .map(({ name }) => name);
    expect(found('ImageName,Fovea_X,Fovea_Y')).toEqual(['a', 'b', 'c', 'd', 'e']);
    // Counted from 0 there is a pixel (0, 0).
    expect(found('file,x,y')).toEqual(['a', 'b', 'c', 'd']);
  });

  it.each([
    ['ImageName,Fovea_X,Fovea_Y\na.jpg,1,two\n', /row 2, column 3 is 'two'/],
    ['ImageName,Fovea_X,Fovea_Y\na.jpg,"1,5",2\n', /row 2, column 2 is '1,5'/],
    ['ImageName,Fovea_X,Fovea_Y\na.jpg,1,2\na.jpg,1,2\n', /row 3 is about 'a.jpg', and so is row 2/],
    ['ImageName,Fovea_X,Fovea_Y\n,1,2\n', /row 2 does not name its image/],
    ['colour,taste\nred,sweet\n', /no columns of a name and coordinates are known among 'colour', 'taste'/],
    ['ImageName,Fovea_X,Fovea_Y\n"a.jpg,1,2\n', /not a table of comma-separated values/],
  ])('are refused: %j', (text, message) => {
    expect(() => table(text)).toThrow(message);
  });

  it('are refused with a layout that does not fit', () => {
    const text = 'a,b,c\nx,1,2\n';
    expect(() => table(text, { layout: 'a,b,d' })).toThrow("no column 'd'");
    expect(() => table(text, { layout: 'a,b,9' })).toThrow("no column '9'");
    expect(() => table(text, { layout: 'a,b' })).toThrow('three are needed');
  });

  it('count from another pixel', () => {
    const moved = withOrigin(table('ImageName,Fovea_X,Fovea_Y\na,3,4\nb,-1,-1\n'), 0);
    expect(moved.rows.map(({ points }) => points)).toEqual([[{ x: 2, y: 3 }], [undefined]]);
  });
});

describe('results as JSON', () => {
  const object = (image: string, x: number) => ({
    image,
    width: 60,
    height: 50,
    landmark: { x, y: 2 },
    coarse: { x: x + 1, y: 3 },
  });
  it.each([
    ['lines', `${JSON.stringify(object('a', 1))}\n\n${JSON.stringify(object('b', 2))}\n`],
    ['an array', JSON.stringify([object('a', 1), object('b', 2)], null, 2)],
  ])('are read from %s', async (_, text) => {
    const path = join(folder, 'results');
    writeFileSync(path, text);
    const found = await readPredictions(path);
    if (!('results' in found)) throw new Error('no results');
    const { fine, coarse, sizes } = found.results;
    expect(fine).toMatchObject({ origin: 0, sides: 1 });
    expect(fine.rows.map(({ points }) => points[0]?.x)).toEqual([1, 2]);
    expect(coarse.rows.map(({ points }) => points[0]?.x)).toEqual([2, 3]);
    expect(sizes.get('b')).toEqual({ width: 60, height: 50 });
  });

  it.each([
    [
      '{"image":"a","landmark":{"x":1}}',
      /line 1 is not a result of `zian localize`: it has no landmark point/,
    ],
    ['{"image":"a"', /line 1 is not JSON/],
    ['[1]', /element 1 is not a result/],
  ])('are refused: %s', async (text, message) => {
    const path = join(folder, 'bad');
    writeFileSync(path, text);
    await expect(readPredictions(path)).rejects.toThrow(message);
  });
});

describe('names', () => {
  const sources = { truth: 'T', predicted: 'P' };
  it('go together without folders and endings', () => {
    const { found, missing, extra } = matchNames(
      ['0001', 'V2.jpg', 'x/V3.tif', 'V4'],
      ['d/0001.jpg', 'V2.png', 'V3', 'Q'],
      sources,
    );
    expect([...found]).toEqual([
      ['0001', 'd/0001.jpg'],
      ['V2.jpg', 'V2.png'],
      ['x/V3.tif', 'V3'],
    ]);
    expect([missing, extra]).toEqual([['V4'], ['Q']]);
  });

  it('are told apart by their folders, and refused where they cannot be', () => {
    const names = ['a/1.png', 'b/1.png'];
    expect([...matchNames(names, [...names].reverse(), sources).found]).toEqual(names.map((n) => [n, n]));
    expect(() => matchNames(['1.png'], names, sources)).toThrow("P has several images called '1'");
    expect(() => matchNames(names, ['1.png'], sources)).toThrow("T has several images called '1'");
  });
});

describe('comparing tables', () => {
  it('counts what is missing, additional and undetermined', () => {
    const truth = table('ImageName,Fovea_X,Fovea_Y\na,1,1\nb,-1,-1\nc,5,5\nd,7,7\n');
    const predicted = table('ImageName,Fovea_X,Fovea_Y\na,4,5\nb,1,1\nd,-1,-1\ne,1,1\n');
    const found = compareTables(truth, predicted);
    expect(found).toMatchObject({ missing: ['c'], extra: ['e'], undetermined: 1, unpredicted: 1 });
    expect(found.errors).toEqual([{ name: 'a', predictedName: 'a', side: 0, dx: 3, dy: 4, distance: 5 }]);
  });

  it('knows that tables may count from different pixels', () => {
    const truth = table('ImageName,Fovea_X,Fovea_Y\na,11,21\n');
    const [error] = compareTables(truth, table('file,x,y\na,10,20\n')).errors;
    expect(error?.distance).toBe(0);
  });

  it('refuses scans against photographs', () => {
    const scans = table('file,x_left,y_left,x_right,y_right\na,1,2,3,4\n');
    expect(() => compareTables(table('file,x,y\na,1,1\n'), scans)).toThrow('both must be of one kind');
  });
});
