import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bytesSource, openSafetensors } from '../../src/weights/index.js';
import { challengeCoordinates } from '../../src/zian/challenge-csv.js';
import { type Localization, Zian } from '../../src/zian/zian.js';
import { testDevice } from '../support/device.js';
import { runModel } from '../support/model.js';
import { listRuns, type Run, type RunLandmark, readRun, runImage, runTensorsPath } from '../support/runs.js';

const device = await testDevice();

const reference = (name: string) => {
  const path = runTensorsPath(name);
  return openSafetensors(bytesSource(path, new Uint8Array(readFileSync(path))));
};

/** Coordinates must be PyTorch's to the last bit, and so the lines of the challenge's CSV. */
function expectLandmark(got: Localization['landmark'], want: RunLandmark): void {
  expect([got.x, got.y]).toEqual(want.image_xy);
  const line = want.csv?.[1]?.split(',').slice(1);
  if (line) expect(challengeCoordinates(got)).toEqual(line);
}

/** Largest |got − want| over the samples of `want`. */
function largestError(got: Float32Array, want: Float32Array, every: number): number {
  let largest = 0;
  want.forEach((value, i) => {
    const error = Math.abs((got[i * every] ?? Number.NaN) - value);
    if (!(error <= largest)) largest = error;
  });
  return largest;
}

const magnitude = (values: Float32Array): number =>
  values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);

async function checkRun(name: string, run: Run, zian: Zian, flip: boolean): Promise<void> {
  const image = runImage(run);
  const { hrnetOnly } = zian.config;
  const wanted = (landmarks: Run['predictions']) => (hrnetOnly ? landmarks.lr : landmarks.final);

  const found = await zian.localize(image, { flipTest: false });
  expectLandmark(found.landmark, wanted(run.predictions));
  expectLandmark(found.coarse, run.predictions.lr);
  const { x, y } = found.network.coarse;
  expect([x, y]).toEqual(run.coarse_peak.argmax_f32.xy);
  if (!hrnetOnly) expect([found.network.fine.x, found.network.fine.y]).toEqual(run.fine_peak.argmax_f32.xy);
  expect(found.margin.coarse).toBeCloseTo(run.coarse_peak.argmax_f32.gap_to_second, 4);

  // Of the graph that just ran, with all its fusions; against float64, on PyTorch's own scale of error.
  const file = await reference(name);
  const maps = await zian.heatmaps();
  for (const [stage, map, peak] of [
    ['heatmap_ds', maps.coarse, run.coarse_peak],
    ['heatmap_roi', maps.fine, run.fine_peak],
  ] as const) {
    if (!map) continue;
    const exact = [...file.tensors.keys()].find((key) =>
      new RegExp(`^float64\\.${stage}(__every\\d+)?$`).test(key),
    );
    if (!exact) throw new Error(`${name} has no float64.${stage}`);
    const every = Number(/__every(\d+)$/.exec(exact)?.[1] ?? 1);
    const error = largestError(map.data, await file.readFloat32(exact), every);
    expect(error, stage).toBeLessThan(1e-4);
    // Where PyTorch is luckier than float32 can be expected to be (2 ulp of the map), that counts instead.
    const floor = 2 ** -22 * Math.max(1, magnitude(map.data));
    expect(error, `${stage} against PyTorch's own error`).toBeLessThan(
      3 * Math.max(peak.max_abs_err_f32_vs_f64, floor),
    );
  }

  if (!flip) return;
  const mirrored = await zian.localize(image, { flipTest: true });
  expectLandmark(mirrored.landmark, wanted(run.predictions_flip_test));
  expectLandmark(mirrored.coarse, run.predictions_flip_test.lr);
}

/** Each stage relative to its own largest value: float32 sums of up to 2304 products, a few layers deep. */
const STAGE_TOLERANCE = 5e-5;

async function checkStages(name: string, run: Run, zian: Zian): Promise<void> {
  const file = await reference(name);
  const stages = await zian.stages(runImage(run));
  let compared = 0;
  for (const key of file.tensors.keys()) {
    const [, stage = '', every = '1'] = /^(.*?)(?:__every(\d+))?$/.exec(key) ?? [];
    if (/^(float64|float64_with_float32_grid|flipped)\./.test(stage)) continue;
    const got = stages.get(stage);
    if (!got) throw new Error(`${name}: the engine has no stage '${stage}'`);
    const want = await file.readFloat32(key);
    const error = largestError(got.data, want, Number(every));
    expect(error, stage).toBeLessThanOrEqual(STAGE_TOLERANCE * Math.max(1, magnitude(want)));
    compared++;
  }
  expect(compared).toBeGreaterThan(5);
}

const small = listRuns().filter((name) => !name.startsWith('full-'));

describe('whole networks against PyTorch', () => {
  it.each(small)('%s', async (name) => {
    const run = readRun(name);
    const zian = await Zian.load({ model: await runModel(run), device });
    try {
      await checkRun(name, run, zian, true);
      if (!name.includes('constant')) await checkStages(name, run, zian);
    } finally {
      zian.destroy();
    }
  });

  it('full-refuge: the released configuration at full size', { timeout: 400_000 }, async () => {
    const run = readRun('full-refuge');
    const zian = await Zian.load({ model: await runModel(run), device });
    try {
      // Once: a forward pass takes the better part of a minute on a CPU.
      await checkRun('full-refuge', run, zian, false);
    } finally {
      zian.destroy();
    }
  });
});
