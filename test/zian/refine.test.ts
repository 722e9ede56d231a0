import { describe, expect, it } from 'vitest';
import { peakShift, REFINEMENTS } from '../../src/zian/refine.js';
import { Zian } from '../../src/zian/zian.js';
import { testDevice } from '../support/device.js';
import { runModel } from '../support/model.js';
import { runConfig, runImage } from '../support/run.js';
import { readRun } from '../support/runs.js';

describe('the top between pixels', () => {
  const size = { width: 9, height: 7 };
  const values = (map: (x: number, y: number) => number, x: number, y: number) => ({
    at: map(x, y),
    left: map(x - 1, y),
    right: map(x + 1, y),
    above: map(x, y - 1),
    below: map(x, y + 1),
  });
  const tops = [
    [4.3, 2.9],
    [4, 3],
    [3.51, 3.49],
    [4.49, 2.51],
  ] as const;

  it.each(tops)('of a parabola is found exactly: %d, %d', (x, y) => {
    const map = (i: number, j: number) => 5 - (i - x) ** 2 - 0.3 * (j - y) ** 2;
    const shift = peakShift({ x: 4, y: 3 }, values(map, 4, 3), size, 'quadratic');
    expect(shift.x).toBeCloseTo(x - 4, 12);
    expect(shift.y).toBeCloseTo(y - 3, 12);
  });

  it.each(tops)('of a Gaussian is found exactly: %d, %d', (x, y) => {
    const map = (i: number, j: number) => 0.7 * Math.exp(-((i - x) ** 2) / 12 - (j - y) ** 2 / 5);
    const shift = peakShift({ x: 4, y: 3 }, values(map, 4, 3), size, 'gaussian');
    expect(shift.x).toBeCloseTo(x - 4, 12);
    expect(shift.y).toBeCloseTo(y - 3, 12);
    // A parabola is off, but on the right side.
    const parabola = peakShift({ x: 4, y: 3 }, values(map, 4, 3), size, 'quadratic');
    expect(Math.abs(parabola.x - shift.x)).toBeLessThan(0.03);
  });

  it('is the peak across a border, on a plateau, and without positive values as the parabola says', () => {
    const flat = { at: 1, left: 1, right: 1, above: 0.5, below: 0.5 };
    const still = peakShift({ x: 4, y: 3 }, flat, size, 'gaussian');
    expect([Math.abs(still.x), Math.abs(still.y)]).toEqual([0, 0]);
    const slope = { at: 3, left: 1, right: 2, above: 1, below: 2 };
    for (const how of REFINEMENTS) {
      expect(peakShift({ x: 0, y: 3 }, slope, size, how).x).toBe(0);
      expect(peakShift({ x: 8, y: 3 }, slope, size, how).x).toBe(0);
      expect(peakShift({ x: 4, y: 0 }, slope, size, how).y).toBe(0);
      expect(peakShift({ x: 4, y: 6 }, slope, size, how).y).toBe(0);
      expect(peakShift({ x: 4, y: 3 }, slope, size, how).y).toBeGreaterThan(0);
    }
    const negative = { ...slope, left: -1, above: 0 };
    expect(peakShift({ x: 4, y: 3 }, negative, size, 'gaussian')).toEqual(
      peakShift({ x: 4, y: 3 }, negative, size, 'quadratic'),
    );
  });
});

describe('localize with refine', () => {
  it.each(['narrow', 'coarse-only'])(
    '%s: reads what is around the peaks, and moves the landmark by it',
    async (name) => {
      const run = readRun(name);
      const config = runConfig(run);
      const zian = await Zian.load({ model: await runModel(run), device: await testDevice() });
      const plain = await zian.localize(runImage(run));
      for (const refine of REFINEMENTS) {
        const found = await zian.localize(runImage(run), { refine, flipTest: false });
        const { coarse, fine } = await zian.heatmaps();
        const shiftOf = (map: typeof coarse, { x, y }: { x: number; y: number }) => {
          const at = (i: number, j: number) => map.data[j * map.width + i] ?? 0;
          const beside = {
            left: at(x - 1, y),
            right: at(x + 1, y),
            above: at(x, y - 1),
            below: at(x, y + 1),
          };
          return peakShift({ x, y }, { at: at(x, y), ...beside }, map, refine);
        };
        const { network } = found;
        expect(network.fine).toEqual(plain.network.fine);
        expect(network.roiCenter).toEqual(plain.network.roiCenter);
        const { x, y } = fine ? shiftOf(fine, network.fine) : shiftOf(coarse, network.coarse);
        const step = fine ? 1 : config.dsFactor;
        expect(network.landmark.x - plain.network.landmark.x).toBeCloseTo(step * x, 6);
        expect(network.landmark.y - plain.network.landmark.y).toBeCloseTo(step * y, 6);
        expect(Math.abs(x) + Math.abs(y)).toBeGreaterThan(0);
        const [width] = config.imageSize;
        const moved = (found.landmark.x - plain.landmark.x) / (runImage(run).width / width);
        expect(moved).toBeCloseTo(step * x, 3);
      }
      zian.destroy();
    },
  );
});
