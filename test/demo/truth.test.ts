import { describe, expect, it } from 'vitest';
import { parseTruth } from '../../demo/truth.js';

describe('parseTruth', () => {
  it('reads one landmark or two, with either line ending', () => {
    expect(parseTruth('file,x,y\nfundus-1.png,10.5,20\r\nfundus-2.jpg,0,3.25\n', 'truth.csv')).toEqual([
      { file: 'fundus-1.png', landmarks: [{ x: 10.5, y: 20 }] },
      { file: 'fundus-2.jpg', landmarks: [{ x: 0, y: 3.25 }] },
    ]);
    expect(parseTruth('file,x_left,y_left,x_right,y_right\na.jpg,1,2,3,4\n', 'scans.csv')).toEqual([
      {
        file: 'a.jpg',
        landmarks: [
          { x: 1, y: 2 },
          { x: 3, y: 4 },
        ],
      },
    ]);
  });

  it.each(['a.png,1', 'a.png,1,2,3', 'a.png,1,', 'a.png,1,x', ',1,2', ''])('refuses the row %j', (row) => {
    expect(() => parseTruth(`file,x,y\nok.png,1,2\n${row}\nlast.png,1,2`, 't.csv')).toThrow(
      /^t\.csv: row 3 is/,
    );
  });
});
