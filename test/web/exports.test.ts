import { describe, expect, it } from 'vitest';
import { resultsCsv } from '../../web/page/export/csv.js';
import { resultsJson } from '../../web/page/export/json.js';
import type { FindingSummary, PictureItem } from '../../web/page/pictures.js';

const finding = (x: number, y: number, side?: 'left' | 'right'): FindingSummary => ({
  ...(side ? { side } : {}),
  result: {
    landmark: { x, y },
    coarse: { x: x + 1, y },
    network: {
      coarse: { x: 1, y: 2 },
      roiCenter: { x: 2, y: 4 },
      fine: { x: 3, y: 4 },
      landmark: { x: 5, y: 6 },
    },
    peak: { coarse: 0.5, fine: 0.75 },
    margin: { coarse: 0.125, fine: 0.25 },
    milliseconds: { preprocess: 1, network: 2 },
    rois: [],
  },
});

const picture = (name: string, ...findings: FindingSummary[]): PictureItem => ({
  id: 1,
  name,
  blob: new Blob(),
  state: 'done',
  outcome: {
    width: 100,
    height: 80,
    findings,
    milliseconds: { decode: 1, preprocess: 1, network: 2, total: 5.00049 },
    model: 'm.safetensors',
    checkpointSha256: 'ab',
    adapter: 'an adapter',
    dataset: 'refuge',
    flipTest: false,
  },
});

describe('challenge files', () => {
  it('have 1-based pixels, names without folders, and ties to even', () => {
    expect(resultsCsv([picture('set/V0001.jpg', finding(1142.57, 1261.625))], 'refuge', false)).toBe(
      'ImageName,Fovea_X,Fovea_Y\nV0001.jpg,1143.57,1262.62\n',
    );
  });

  it('leave the ending out for GAMMA, round on demand, and quote what must be', () => {
    expect(resultsCsv([picture('0001.jpg', finding(9.4, 9.6))], 'gamma', true)).toBe(
      'data,Fovea_X,Fovea_Y\n0001,10,11\n',
    );
    expect(resultsCsv([picture('a,"b".jpg', finding(0, 0))], 'palm', false)).toBe(
      'FileName,Fovea_X,Fovea_Y\n"a,""b"".jpg",1.00,1.00\n',
    );
  });

  it('hold scans for AGE, and nothing else', () => {
    const scan = picture('T-1.jpg', finding(10, 20, 'left'), finding(1090, 30, 'right'));
    const items = [picture('one.jpg', finding(1, 1)), scan];
    expect(resultsCsv(items, 'age', false)).toBe(
      'ASOCT_NAME,X_LEFT,Y_LEFT,X_RIGHT,Y_RIGHT\nT-1.jpg,11.00,21.00,1091.00,31.00\n',
    );
    expect(resultsCsv([scan], 'refuge', false)).toBeUndefined();
  });
});

describe('the JSON of all results', () => {
  it('has the members of the command line’s, sides of scans, and failures', () => {
    const failed: PictureItem = {
      id: 2,
      name: 'bad.png',
      blob: new Blob(),
      state: 'failed',
      why: 'it is empty',
    };
    const waiting: PictureItem = { id: 3, name: 'later.png', blob: new Blob(), state: 'waiting' };
    const scan = picture('s.jpg', finding(1, 2, 'left'), finding(3, 4, 'right'));
    const [one, two, three, ...rest] = JSON.parse(
      resultsJson([picture('a.png', finding(5, 6)), scan, failed, waiting]),
    );
    expect(one).toMatchObject({
      image: 'a.png',
      width: 100,
      height: 80,
      landmark: { x: 5, y: 6 },
      peak: { coarse: 0.5, fine: 0.75 },
      model: { name: 'm.safetensors', checkpointSha256: 'ab' },
      milliseconds: { decode: 1, preprocess: 1, network: 2, total: 5 },
    });
    expect(two).toMatchObject({ left: { landmark: { x: 1, y: 2 } }, right: { landmark: { x: 3, y: 4 } } });
    expect(two).not.toHaveProperty('landmark');
    expect(three).toEqual({ image: 'bad.png', error: 'it is empty' });
    expect(rest).toEqual([]);
  });
});
