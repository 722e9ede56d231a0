import { describe, expect, it } from 'vitest';
import { Zian } from '../../src/zian/zian.js';
import { testDevice } from '../support/device.js';
import { runModel } from '../support/model.js';
import { runImage } from '../support/run.js';
import { readRun } from '../support/runs.js';

const run = readRun('coarse-only');

describe('a heat map that overflows', () => {
  it('is an error, not a landmark', async () => {
    // The features follow a ReLU, so that all products are +∞ or 0.
    const head = { name: 'heatmap_ds.0.weight', scale: 0, offset: 3e38 };
    const model = await runModel({ ...run, adjust: [...(run.adjust ?? []), head] });
    const zian = await Zian.load({ model, device: await testDevice() });
    await expect(zian.localize(runImage(run))).rejects.toThrow(
      'the coarse heat map holds Infinity: coarse-only.safetensors does not work on this image.',
    );
    zian.destroy();
  });
});
