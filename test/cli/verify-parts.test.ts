import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compareSamples, sampleCount } from '../../src/cli/verify/compare.js';
import { impliedPoints, peakOf } from '../../src/cli/verify/landmarks.js';
import { parseReferenceName } from '../../src/cli/verify/reference-name.js';
import { toleranceOf } from '../../src/cli/verify/tolerance.js';
import { bytesSource, openSafetensors } from '../../src/weights/index.js';
import { toImage } from '../../src/zian/coordinates.js';
import { listRuns, readRun, runConfig, runTensorsPath } from '../support/runs.js';

describe('names of reference tensors', () => {
  it.each([
    ['input', 'input', 'float32', false, 1],
    ['hrnet.stage2[0]', 'hrnet.stage2[0]', 'float32', false, 1],
    ['hrnet_roi__every17', 'hrnet_roi', 'float32', false, 17],
    ['flipped.heatmap_ds__every11', 'heatmap_ds', 'float32', true, 11],
    ['float64.heatmap_roi_1', 'heatmap_roi_1', 'float64', false, 1],
    ['float64_with_float32_grid.heatmap_ds__every3', 'heatmap_ds', 'float32-grid', false, 3],
    ['float64.flipped.heatmap_ds', 'heatmap_ds', 'float64', true, 1],
    ['flipped.float64.heatmap_ds', 'heatmap_ds', 'float64', true, 1],
    ['x__every0', 'x__every0', 'float32', false, 1],
    ['x__everything', 'x__everything', 'float32', false, 1],
    ['', '', 'float32', false, 1],
  ])('reads %s', (key, stage, precision, mirrored, every) => {
    expect(parseReferenceName(key)).toEqual({ key, stage, precision, mirrored, every });
  });
});

const samples = (every: number, ...data: number[]) => ({ every, data: Float32Array.from(data) });

describe('compareSamples', () => {
  it('finds the largest and the RMS error, where, and the scale', () => {
    const difference = compareSamples(samples(1, 1, 2, 3, 4), samples(1, 1, 2, 6, -8));
    expect(difference).toEqual({
      count: 4,
      maxError: 12,
      rmsError: Math.sqrt((9 + 144) / 4),
      worst: 3,
      scale: 8,
    });
  });

  it('compares what both hold', () => {
    const whole = samples(1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    expect(compareSamples(whole, samples(5, 0, 5.5, 10))).toMatchObject({
      count: 3,
      maxError: 0.5,
      worst: 5,
    });
    // 0 and 12 are in both.
    const fours = samples(4, 0, 4, 8, 13);
    expect(compareSamples(fours, samples(3, 0, 3, 6, 9, 12))).toMatchObject({
      count: 2,
      maxError: 1,
      worst: 12,
    });
    expect(sampleCount(13, 4)).toBe(4);
  });

  it('never takes a NaN for agreement', () => {
    for (const [got, want] of [
      [
        [1, Number.NaN, 3],
        [1, 2, 99],
      ],
      [
        [1, 2, 3],
        [1, Number.NaN, 99],
      ],
      [
        [1, Number.POSITIVE_INFINITY, 3],
        [1, Number.POSITIVE_INFINITY, 99],
      ],
    ] as const) {
      const { maxError, rmsError, worst } = compareSamples(samples(1, ...got), samples(1, ...want));
      expect([maxError, rmsError, worst]).toEqual([Number.NaN, Number.NaN, 1]);
    }
    expect(compareSamples(samples(1, 1), samples(1, 1, 2)).maxError).toBe(Number.NaN);
  });
});

describe('tolerances', () => {
  it('are those that the package promises', () => {
    for (const map of ['heatmap_ds', 'heatmap_roi', 'heatmap_roi_3']) {
      expect(toleranceOf(map, 1000, 'f32')).toBe(1e-4);
    }
    expect(toleranceOf('roi_center', 1000, 'f32')).toBe(0);
    expect(toleranceOf('roi_center', 1000, 'f16')).toBe(0);
    expect(toleranceOf('hrnet', 10, 'f32')).toBeLessThan(1e-3);
    expect(toleranceOf('hrnet', 10, 'f16')).toBeGreaterThan(toleranceOf('hrnet', 10, 'f32'));
  });
});

describe('points that heat maps imply', () => {
  it('are at the first largest value, and at the corner where nothing is above zero', () => {
    const plane = (...data: number[]) => ({ data: Float32Array.from(data), width: 3 });
    expect(peakOf(plane(0, 1, 5, 5, 2, 5))).toEqual({ x: 2, y: 0 });
    expect(peakOf(plane(0, 1, 2, 3, 5, 4))).toEqual({ x: 1, y: 1 });
    expect(peakOf(plane(-3, -2, -1, -3, -1, -5))).toEqual({ x: 0, y: 0 });
    expect(peakOf(plane(-3, -2, 0, 0, -1, -5))).toEqual({ x: 0, y: 0 });
  });

  it('are those of every recorded run whose heat maps are recorded whole', async () => {
    let compared = 0;
    for (const name of listRuns()) {
      const run = readRun(name);
      const path = runTensorsPath(name);
      const file = await openSafetensors(bytesSource(path, new Uint8Array(readFileSync(path))));
      const config = runConfig(run);
      const plane = async (map: string) => {
        const size = file.tensors.get(map)?.shape.at(-1);
        return size === undefined ? undefined : { data: await file.readFloat32(map), width: size };
      };
      const coarse = await plane('heatmap_ds');
      const fine = config.hrnetOnly ? undefined : await plane('heatmap_roi');
      if (coarse === undefined || (fine === undefined && !config.hrnetOnly)) continue;
      compared++;
      const { lr, hr } = run.predictions;
      const [width, height] = run.image_size;
      const points = impliedPoints(coarse, fine, config);
      expect([points.roiCenter.x, points.roiCenter.y], name).toEqual(lr.crop_xy);
      const final = config.hrnetOnly ? lr : hr;
      expect([points.landmark.x, points.landmark.y], name).toEqual(final.crop_xy);
      const { x, y } = toImage(points.landmark, { width, height }, config);
      expect([x, y], name).toEqual(final.image_xy);
    }
    expect(compared).toBeGreaterThan(8);
  });
});
