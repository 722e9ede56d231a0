import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { compareSamples, sampleCount } from '../../src/cli/verify/compare.js';
import { flipAverage, impliedPoints, peakOf, toOriginal } from '../../src/cli/verify/landmarks.js';
import { parseReferenceName } from '../../src/cli/verify/reference-name.js';
import { toleranceOf } from '../../src/cli/verify/tolerance.js';
import { bytesSource, openSafetensors } from '../../src/weights/index.js';
import { type Dataset, PRESETS } from '../../src/zian/config.js';
import { applyOverrides } from '../../src/zian/config-settings.js';

interface RecordedPoint {
  readonly crop_xy: readonly number[];
  readonly image_xy: readonly number[];
}

interface RecordedRun {
  readonly dataset: Dataset;
  readonly options: readonly string[];
  readonly image_size: readonly [number, number];
  readonly predictions: { readonly lr: RecordedPoint; readonly hr: RecordedPoint };
}

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

  it('are mirrored back about the width of the crop', () => {
    expect(flipAverage({ x: 500, y: 300 }, { x: 520, y: 306 }, PRESETS.refuge)).toEqual({ x: 502, y: 303 });
  });

  // 1-based in the CSV: 1269.8258 − 1, of an image of 1634 x 1632 scaled to 264 x 264 with a margin of 4.
  it('reach the original image by one rounding to float32', () => {
    const config = { ...PRESETS.refuge, imageSize: [264, 264] as const, cropSize: [256, 256] as const };
    const image = { width: 1634, height: 1632 };
    expect(toOriginal({ x: 201, y: 136 }, image, config)).toEqual({
      x: 1268.8258056640625,
      y: 865.4545288085938,
    });
  });

  const runs = fileURLToPath(new URL('../fixtures/runs/', import.meta.url));
  const names = readdirSync(runs)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length));

  it('are those of every recorded run whose heat maps are recorded whole', async () => {
    let compared = 0;
    for (const name of names) {
      const run: RecordedRun = JSON.parse(readFileSync(`${runs}${name}.json`, 'utf8'));
      const file = await openSafetensors(
        bytesSource(name, new Uint8Array(readFileSync(`${runs}${name}.safetensors`))),
      );
      const overrides: string[] = [];
      for (let i = 0; i < run.options.length; i += 2)
        overrides.push(`${run.options[i]}=${run.options[i + 1]}`);
      const config = applyOverrides(PRESETS[run.dataset], overrides);
      const plane = async (map: string) => {
        const width = file.tensors.get(map)?.shape.at(-1);
        return width === undefined ? undefined : { data: await file.readFloat32(map), width };
      };
      const coarse = await plane('heatmap_ds');
      const fine = await plane('heatmap_roi');
      if (coarse === undefined || (fine === undefined && !config.hrnetOnly)) continue;
      compared++;
      const { lr, hr } = run.predictions;
      const image = { width: run.image_size[0], height: run.image_size[1] };
      const points = impliedPoints(coarse, config.hrnetOnly ? undefined : fine, config);
      expect([points.roiCenter.x, points.roiCenter.y], name).toEqual(lr.crop_xy);
      const final = config.hrnetOnly ? lr : hr;
      expect([points.landmark.x, points.landmark.y], name).toEqual(final.crop_xy);
      const { x, y } = toOriginal(points.landmark, image, config);
      expect([x, y], name).toEqual(final.image_xy);
    }
    expect(compared).toBeGreaterThan(8);
  });
});
