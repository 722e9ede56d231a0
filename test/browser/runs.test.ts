import { describe, expect, it } from 'vitest';
import { runModel } from '../support/model.js';
import { listRuns, readRun, runImage } from '../support/runs.js';
import { testPage } from './support.js';

/** Tiny networks of different options: the whole, the coarse stage alone, and every attention. */
const RUNS = ['narrow', 'coarse-only', 'clamped-expand', 'three-regions', 'no-self-attention'];

const runs = RUNS.map((name) => readRun(name));
const models = await Promise.all(
  runs.map(async (run) => {
    const model = await runModel(run);
    return [`/runs/${run.run}.safetensors`, { bytes: await model.read(0, model.size) }] as const;
  }),
);
const images = runs.map((run) => [`/runs/${run.run}.rgba`, { bytes: runImage(run).data }] as const);
const page = testPage(Object.fromEntries([...models, ...images]));

describe('tiny networks in Chromium', () => {
  it('are among the runs of PyTorch', () => {
    expect(listRuns()).toEqual(expect.arrayContaining(RUNS));
  });

  it.each(runs)('$run: the coordinates of PyTorch', async (run) => {
    const { error } = await page().call('loadModel', run.run, { path: `/runs/${run.run}.safetensors` });
    expect(error).toBeUndefined();
    const coarseOnly = run.run === 'coarse-only';
    for (const flip of [false, true]) {
      const { landmark, coarse } = await page().call(
        'localizePixels',
        run.run,
        `/runs/${run.run}.rgba`,
        ...run.image_size,
        flip,
      );
      const want = flip ? run.predictions_flip_test : run.predictions;
      expect([coarse.x, coarse.y]).toEqual(want.lr.image_xy);
      expect([landmark.x, landmark.y]).toEqual((coarseOnly ? want.lr : want.final).image_xy);
    }
    await page().call('destroyModel', run.run);
  });
});
