import { describe, expect, it } from 'vitest';
import type { CaseResult } from '../../bench/kernels.js';
import { shareOfRoofline } from '../../bench/roofline/measure.js';
import { rooflinePlot } from '../../bench/roofline/plot.js';
import { summarize } from '../../bench/statistics.js';

const ROOFLINE = { gflops: 100, gbytes: 10, cases: [] };

describe('shareOfRoofline', () => {
  it.each([
    ['operations bind', { flops: 1e9, bytes: 1e6 }, 20, 0.5],
    ['bytes bind', { flops: 1e6, bytes: 1e9 }, 200, 0.5],
    ['a cache holds it', { flops: 0, bytes: 1e9 }, 50, 2],
  ])('is the least time over the time taken: %s', (_, cost, milliseconds, share) => {
    expect(shareOfRoofline(cost, milliseconds, ROOFLINE)).toBeCloseTo(share, 12);
  });
});

describe('rooflinePlot', () => {
  const timed = (variant: string, milliseconds: number) => ({
    variant,
    repeats: 1,
    gpu: summarize([milliseconds]),
    wall: summarize([milliseconds]),
    gflops: 1 / milliseconds,
    gbytes: 1,
  });
  const results: CaseResult[] = [
    {
      kernel: 'conv2d',
      name: 'a < b',
      cost: { flops: 1e6, bytes: 1e5 },
      variants: [timed('slow', 2), timed('fast', 1), { variant: 'bad', wrong: 'it is' }],
    },
    { kernel: 'copy', name: 'c', cost: { flops: 0, bytes: 1e5 }, variants: [timed('plain', 1)] },
  ];

  it('has the roofs, and the fastest variant of what computes', () => {
    const svg = rooflinePlot('Some "GPU"', ROOFLINE, results);
    expect(svg).toContain('<title>conv2d: a &lt; b (fast): 1.00 GFLOP/s</title>');
    expect(svg.match(/<title>/g)).toHaveLength(1);
    expect(svg).toContain('Some &quot;GPU&quot;');
    expect(svg).toContain('100 GFLOP/s, 10.0 GB/s measured');
    expect(svg).not.toMatch(/NaN|Infinity/);
  });
});
