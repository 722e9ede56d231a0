import { describe, expect, it } from 'vitest';
import { quantile, summarize } from '../../bench/statistics.js';
import { throughput } from '../../bench/throughput.js';

describe('summaries', () => {
  it('interpolate quantiles as numpy.quantile does', () => {
    const values = [1, 2, 4, 8];
    expect([0, 0.25, 0.5, 0.75, 1].map((share) => quantile(values, share))).toEqual([1, 1.75, 3, 5, 8]);
  });

  it('take values in any order, and leave them so', () => {
    const values = [30, 10, 100, 20, 40];
    expect(summarize(values)).toEqual({ median: 30, q1: 20, q3: 40, min: 10, max: 100, samples: 5 });
    expect(values).toEqual([30, 10, 100, 20, 40]);
  });

  it('are of one value, too', () => {
    expect(summarize([7])).toEqual({ median: 7, q1: 7, q3: 7, min: 7, max: 7, samples: 1 });
  });

  it('of nothing are refused', () => {
    expect(() => summarize([])).toThrow('no values');
  });
});

it('throughput is in 10⁹ per second', () => {
  expect(throughput({ flops: 3e9, bytes: 5e8 }, 500)).toEqual({ gflops: 6, gbytes: 1 });
});
