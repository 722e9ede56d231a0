import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { interval, resample } from '../../src/landmarks/bootstrap.js';
import { evaluate, parseTable } from '../../src/landmarks/index.js';
import { meanDifference } from '../../src/landmarks/metrics.js';
import { quantile } from '../../src/landmarks/quantile.js';
import { mulberry32 } from '../../src/landmarks/random.js';
import { parseCsv } from '../../src/node/csv.js';
import { drawTables } from './drawn.js';

interface Expected {
  readonly count: number;
  readonly statistics?: readonly (number | null)[];
  readonly intervals?: readonly (readonly [number, number])[];
}

const CASES: readonly Expected[] = JSON.parse(
  readFileSync(new URL('../fixtures/landmarks/metrics.json', import.meta.url), 'utf8'),
);
const THRESHOLDS = [5, 10, 15, 20];

const evaluateCase = (seed: number, resamples: number) => {
  const { truth, predicted } = drawTables(seed);
  const table = (text: string, name: string) => parseTable(parseCsv(text, name), name);
  const series = [{ label: 'a', file: 'a', stage: null, table: table(predicted, 'predicted') }];
  const options = { thresholds: THRESHOLDS, resamples, confidence: 0.9, seed: 7 };
  const [found] = evaluate(table(truth, 'truth'), series, options);
  if (found === undefined) throw new Error('nothing was evaluated');
  return found;
};

describe('metrics', () => {
  it('are NumPy’s on 1000 drawn tables', () => {
    expect(CASES).toHaveLength(1000);
    for (const [seed, { count, statistics }] of CASES.entries()) {
      const { errors, pixels } = evaluateCase(seed, 1);
      expect(errors.length, `case ${seed}`).toBe(count);
      const got = [
        pixels.mean.value,
        pixels.median.value,
        pixels.standardDeviation,
        ...pixels.percentiles.map(({ value }) => value),
        pixels.maximum,
        ...pixels.sdr.map(({ share }) => share.value),
      ];
      for (const [i, value] of got.entries()) {
        const wanted = statistics?.[i] ?? Number.NaN;
        if (Number.isNaN(wanted)) expect(value, `case ${seed}, ${i}`).toBeNaN();
        else expect(Math.abs(value - wanted), `case ${seed}, ${i}`).toBeLessThan(1e-9);
      }
    }
  });

  it('have the intervals of an independent bootstrap', () => {
    const cases = [...CASES.entries()].filter(([, { intervals }]) => intervals !== undefined);
    expect(cases.length).toBeGreaterThanOrEqual(18);
    for (const [seed, { intervals = [] }] of cases) {
      const { mean, median, sdr } = evaluateCase(seed, 200).pixels;
      const got = [mean, median, ...sdr.map(({ share }) => share)];
      for (const [i, { low, high }] of got.entries()) {
        expect(Math.abs(low - (intervals[i]?.[0] ?? Number.NaN)), `case ${seed}, ${i}`).toBeLessThan(1e-9);
        expect(Math.abs(high - (intervals[i]?.[1] ?? Number.NaN)), `case ${seed}, ${i}`).toBeLessThan(1e-9);
      }
    }
  });

  it('have intervals that hold the truth about as often as they say', () => {
    let inside = 0;
    const runs = 200;
    for (let run = 0; run < runs; run++) {
      const next = mulberry32(1000 + run);
      // Exponentially distributed, of mean 1.
      const values = Array.from({ length: 60 }, () => -Math.log((next() + 0.5) / 4294967296));
      const means: number[] = [];
      resample(values.length, { resamples: 400, seed: run }, (counts) => {
        means.push(values.reduce((sum, value, i) => sum + value * (counts[i] ?? 0), 0) / values.length);
      });
      const { low, high } = interval(0, means, { confidence: 0.95 });
      if (low <= 1 && 1 <= high) inside++;
    }
    expect(inside / runs).toBeGreaterThan(0.88);
    expect(inside / runs).toBeLessThan(0.99);
  });

  it('interpolate quantiles linearly', () => {
    expect(quantile([1, 2, 4], 0.5)).toBe(2);
    expect(quantile([1, 2, 4], 0.75)).toBe(3);
    expect(quantile([1, 2, 4], 1)).toBe(4);
    expect(quantile([], 0.5)).toBeNaN();
  });

  it('compare means over the same images', () => {
    const { value, low, high } = meanDifference(Float64Array.of(2, 3, 4), Float64Array.of(1, 2, 3));
    expect([value, low, high]).toEqual([1, 1, 1]);
  });
});
