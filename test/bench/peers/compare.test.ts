import { describe, expect, it } from 'vitest';
import { compareOutputs } from '../../../bench/peers/compare.js';

const outputs = (entries: Record<string, readonly number[]>): Map<string, Float32Array> =>
  new Map(Object.entries(entries).map(([name, values]) => [name, Float32Array.from(values)]));

describe('compareOutputs', () => {
  it('gives the error and scale of the output that is furthest off for its size', () => {
    const ours = outputs({ large: [1000, 0], small: [1, 0.5] });
    const theirs = outputs({ large: [1000.01, 0], small: [1, 0.50005] });
    const { maxAbsError, scale, wrong } = compareOutputs(ours, theirs);
    expect(maxAbsError).toBeCloseTo(5e-5, 7);
    expect(scale).toBe(1);
    expect(wrong).toBeUndefined();
  });

  it('refuses what is beyond 1e-4 of the scale', () => {
    const { wrong } = compareOutputs(outputs({ y: [2, 1] }), outputs({ y: [2, 1.0003] }));
    expect(wrong).toMatch(/^its result is 0\.0003\d* off, with 0\.0001 of 2 allowed$/);
  });

  it.each([
    ['a NaN', { y: [2, Number.NaN] }, /Infinity off/],
    ['a missing output', {}, /no output 'y'/],
    ['an output of another size', { y: [2] }, /1 elements instead of 2/],
  ])('refuses %s', (_, theirs: Record<string, readonly number[]>, message) => {
    expect(compareOutputs(outputs({ y: [2, 1] }), outputs(theirs)).wrong).toMatch(message);
  });

  it('refuses NaN on both sides, and outputs that are all zero but for an error', () => {
    expect(compareOutputs(outputs({ y: [Number.NaN] }), outputs({ y: [Number.NaN] })).wrong).toMatch(
      /Infinity/,
    );
    expect(compareOutputs(outputs({ y: [0, 0] }), outputs({ y: [0, 1e-9] })).wrong).toMatch(/1e-9|9\.99/);
  });

  it('wants the same peak, from those who give one', () => {
    const ours = outputs({ map: [1, 2], 'map.index': [1, 0, 1, 0], 'map.value': [2, 1, 0, 0] });
    expect(compareOutputs(ours, outputs({ map: [1, 2] })).wrong).toBeUndefined();
    const other = outputs({ map: [1, 2], 'map.index': [0, 0, 0, 0], 'map.value': [2, 1, 0, 0] });
    expect(compareOutputs(ours, other).wrong).toBe("its 'map.index' is (0, 0, 0, 0) instead of (1, 0, 1, 0)");
  });
});
