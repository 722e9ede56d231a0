import { describe, expect, it } from 'vitest';
import { Zian } from '../../src/zian/zian.js';
import { testDevice } from '../support/device.js';
import { runModel } from '../support/model.js';
import { runImage } from '../support/run.js';
import { readRun } from '../support/runs.js';
import type { Adjustment } from '../support/seeded.js';

const run = readRun('coarse-only');

async function localized(adjustment: Adjustment, dtype: 'f32' | 'f16'): Promise<unknown> {
  const model = await runModel({ ...run, adjust: [...(run.adjust ?? []), adjustment] });
  const zian = await Zian.load({ model, device: await testDevice(), dtype });
  try {
    return await zian.localize(runImage(run));
  } finally {
    zian.destroy();
  }
}

/** Of which the first layer makes numbers of this magnitude. */
const stem = (offset: number): Adjustment => ({ name: 'hrnet.bn2.bias', scale: 0, offset });

describe('a network that overflows', () => {
  it('at its heat map is an error that names it, not a landmark', async () => {
    // The features follow a ReLU, so that all products are +∞ or 0.
    const head = { name: 'heatmap_ds.0.weight', scale: 0, offset: 3e38 };
    await expect(localized(head, 'f32')).rejects.toThrow(
      /^\d+ value\(s\) of the stage 'heatmap_ds\.0' are NaN or infinite: coarse-only\.safetensors does not work on this image\.$/,
    );
  });

  it('in the first layers is told at the end of the part', async () => {
    await expect(localized(stem(3e38), 'f32')).rejects.toThrow(
      /of the stage 'hrnet\.final_layer' are NaN or infinite/,
    );
    await expect(localized(stem(1), 'f32')).resolves.toMatchObject({ landmark: {} });
  });

  it('in half precision is told, with what to do; not where single precision holds it', async () => {
    // Beyond 65,504, where half precision ends.
    const large = stem(1e5);
    await expect(localized(large, 'f32')).resolves.toMatchObject({ landmark: {} });
    const half = localized(large, 'f16');
    if ((await testDevice()).has('shader-f16'))
      await expect(half).rejects.toThrow(
        /of the stage 'hrnet\.final_layer' are NaN, infinite or beyond half precision's 65504: .* in f16; try --dtype f32\.$/,
      );
    else await expect(half).rejects.toThrow('shader-f16');
  });
});
