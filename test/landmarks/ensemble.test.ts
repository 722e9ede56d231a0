import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { agree, type EnsembleMethod } from '../../src/landmarks/index.js';

interface Case {
  readonly points: readonly (readonly [number, number])[];
  /** x, y, members, radius. */
  readonly clustering: readonly number[];
  readonly gamma: readonly number[];
  readonly median: readonly number[];
}

const CASES: readonly Case[] = JSON.parse(
  readFileSync(new URL('../fixtures/landmarks/ensemble.json', import.meta.url), 'utf8'),
);

const run = (points: Case['points'], method: EnsembleMethod) => {
  const { point, members, radius } = agree(
    points.map(([x, y]) => ({ x, y })),
    method,
  );
  return [point.x, point.y, members, radius];
};

describe('ensembles', () => {
  it('are those of an independent implementation on 200 cases', () => {
    expect(CASES).toHaveLength(200);
    for (const [i, { points, clustering, gamma, median }] of CASES.entries()) {
      expect(run(points, 'clustering'), `case ${i}`).toEqual(clustering);
      expect(run(points, 'gamma-clustering'), `case ${i}, GAMMA`).toEqual(gamma);
      expect(run(points, 'median').slice(0, 2), `case ${i}, median`).toEqual(median);
    }
    // The cases are not all of one kind: some grow, some leave points out.
    expect(CASES.filter(({ clustering }) => (clustering[3] ?? 0) > 8).length).toBeGreaterThan(30);
    expect(
      CASES.filter(({ points, clustering }) => (clustering[2] ?? 0) < points.length).length,
    ).toBeGreaterThan(20);
  });

  it('take the earliest of clusters as large, and count a distance of the radius as near', () => {
    // GAMMA's rule is content with half: two pairs.
    const pairs = [
      [100, 100],
      [300, 300],
      [103, 104],
      [303, 304],
    ] as const;
    expect(run(pairs, 'gamma-clustering')).toEqual([102, 102, 2, 5]);
    // Plainly, the radius grows until three are together.
    expect(run(pairs, 'clustering')[2]).toBe(4);
  });

  it('join points by chains', () => {
    const chain = [
      [0, 0],
      [8, 0],
      [16, 0],
      [100, 0],
    ] as const;
    expect(run(chain, 'clustering')).toEqual([8, 0, 3, 8]);
  });

  it('round halves to even', () => {
    expect(
      run(
        [
          [2, 3],
          [3, 4],
        ],
        'clustering',
      ),
    ).toEqual([2, 4, 2, 8]);
  });

  it('are not of no points', () => {
    expect(() => agree([], 'median')).toThrow(RangeError);
  });
});
