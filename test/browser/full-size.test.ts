import { describe, expect, it } from 'vitest';
import { runModel } from '../support/model.js';
import { readRun, runImage } from '../support/runs.js';
import { testPage } from './support.js';

// Takes minutes, nearly all of them in the software adapter: npm run test:browser:full.
const enabled = process.env.ZIAN_TEST_FULL === '1';

describe.runIf(enabled)('the released network at full size in Chromium', () => {
  const run = readRun('full-refuge');
  const image = runImage(run);
  const bytes = enabled
    ? runModel(run).then((model) => model.read(0, model.size))
    : Promise.resolve(new Uint8Array());
  const page = testPage({
    '/full.safetensors': {
      answer: async (response) => {
        const model = await bytes;
        response.writeHead(200, { 'content-length': model.length });
        response.end(model);
      },
    },
    '/full.rgba': { bytes: image.data },
  });

  it('has the coordinates of PyTorch', { timeout: 1_800_000 }, async () => {
    const { error, bytes: downloaded } = await page().call('loadModel', 'full', {
      path: '/full.safetensors',
    });
    expect(error).toBeUndefined();
    expect(downloaded?.done).toBe((await bytes).length);
    const { landmark, coarse } = await page().call(
      'localizePixels',
      'full',
      '/full.rgba',
      ...run.image_size,
      false,
    );
    expect([coarse.x, coarse.y]).toEqual(run.predictions.lr.image_xy);
    expect([landmark.x, landmark.y]).toEqual(run.predictions.final.image_xy);
  });
});
