import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { testFolder, zian } from './support.js';

const folder = testFolder();
const at = (name: string): string => join(folder, name);

beforeAll(() => {
  writeFileSync(at('a.csv'), 'ImageName,Fovea_X,Fovea_Y\nV1.jpg,100,200\nV2.jpg,50.25,60\nV3.jpg,9,9\n');
  writeFileSync(at('b.csv'), 'data,Fovea_X,Fovea_Y\nV2,51,60\nV1,103,204\n');
  const line = (image: string, x: number, y: number) =>
    `${JSON.stringify({ image, width: 300, height: 300, landmark: { x, y }, coarse: { x: 0, y: 0 } })}\n`;
  writeFileSync(
    at('c.jsonl'),
    line('d/V1.jpg', 250, 250) + line('d/V2.jpg', 51, 61) + line('d/V4.jpg', 5, 5),
  );
  writeFileSync(at('s.csv'), 'ASOCT_NAME,X_LEFT,Y_LEFT,X_RIGHT,Y_RIGHT\nT1.jpg,1,2,3,4\n');
  writeFileSync(at('t.csv'), 'ASOCT_NAME,X_LEFT,Y_LEFT,X_RIGHT,Y_RIGHT\nT1.jpg,3,2,-1,-1\n');
});

describe('zian ensemble', () => {
  it('joins tables and results, each with its own names and first pixel', async () => {
    const run = await zian(['ensemble', at('a.csv'), at('b.csv'), at('c.jsonl')]);
    expect(run).toMatchObject({
      code: 0,
      // V1: the third is far away. V2: (50.25, 60), (51, 60), (52, 62). V3 and V4 are in one file each.
      out: 'ImageName,Fovea_X,Fovea_Y\nV1.jpg,102.00,202.00\nV2.jpg,51.00,61.00\nV3.jpg,9.00,9.00\nd/V4.jpg,6.00,6.00\n',
    });
    expect(run.err).toMatch(/^note: 2 image\(s\) are not in all 3 files[^\n]*V3\.jpg\n$/);
  });

  it('writes a file, and prints how many agree', async () => {
    const args = [
      'ensemble',
      at('a.csv'),
      at('b.csv'),
      at('c.jsonl'),
      '-o',
      at('out.csv'),
      '--json',
      '--quiet',
    ];
    const run = await zian([...args, '--method', 'median', '--format', 'palm', '--round']);
    expect(run).toMatchObject({ code: 0, err: '' });
    expect(readFileSync(at('out.csv'), 'utf8')).toBe(
      'FileName,Fovea_X,Fovea_Y\nV1.jpg,103,204\nV2.jpg,51,60\nV3.jpg,9,9\nd/V4.jpg,6,6\n',
    );
    const objects = run.out
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text));
    expect(objects[1]).toEqual({
      image: 'V2.jpg',
      models: 3,
      agreement: [{ x: 51, y: 60, members: 3, radius: null }],
    });
  });

  it('joins scans, side by side', async () => {
    const run = await zian(['ensemble', at('s.csv'), at('t.csv')]);
    expect(run).toMatchObject({ code: 0, err: '' });
    expect(run.out).toBe('ASOCT_NAME,X_LEFT,Y_LEFT,X_RIGHT,Y_RIGHT\nT1.jpg,2.00,2.00,3.00,4.00\n');
  });

  it.each([
    [['a.csv'], 2, 'two files'],
    [['a.csv', 's.csv'], 3, 'all must be of one kind'],
    [['s.csv', 't.csv', '--format', 'refuge'], 2, '--format refuge has 1 landmark(s) per image'],
    [['a.csv', 'b.csv', '-o', 'b.csv'], 2, 'is also an input'],
  ])('refuses %j', async (args, code, message) => {
    const run = await zian(['ensemble', ...args.map((arg) => (/\.csv$/.test(arg) ? at(arg) : arg))]);
    expect(run).toMatchObject({ code, out: '' });
    expect(run.err).toContain(message);
  });
});
