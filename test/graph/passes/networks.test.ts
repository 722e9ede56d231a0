import { beforeAll, describe, expect, it } from 'vitest';
import { type PassName, passes } from '../../../src/graph/index.js';
import { type Heatmaps, type Localization, Zian } from '../../../src/zian/zian.js';
import { testDevice } from '../../support/device.js';
import { runModel } from '../../support/model.js';
import { readRun, runImage } from '../../support/runs.js';
import { distance } from '../support.js';

/**
 * Of a heat map's largest value. Only folding batch norms rounds otherwise; what follows the crop starts from the same
 * coarse peak. Measured on SwiftShader and lavapipe: 1.8e-6 with all passes against none, 0 with any other one off.
 */
const TOLERANCE = 6e-6;

/** These only move data, or leave work away: not one bit of a heat map may change. */
const EXACT: readonly PassName[] = ['remove-unused', 'pixel-shuffle-indexing', 'concat-slices'];

const names = passes.map(({ name }) => name);

interface Result {
  readonly localization: Localization;
  readonly heatmaps: Heatmaps;
  readonly dispatches: number;
}

async function localize(name: string, withoutPasses: readonly PassName[]): Promise<Result> {
  const run = readRun(name);
  const zian = await Zian.load({ model: await runModel(run), device: await testDevice(), withoutPasses });
  try {
    const localization = await zian.localize(runImage(run), { flipTest: false });
    return { localization, heatmaps: await zian.heatmaps(), dispatches: zian.dispatchCount };
  } finally {
    zian.destroy();
  }
}

function expectAgreement(got: Result, want: Result, tolerance = TOLERANCE): void {
  const { landmark, coarse, network } = got.localization;
  expect({ landmark, coarse, network }).toEqual({
    landmark: want.localization.landmark,
    coarse: want.localization.coarse,
    network: want.localization.network,
  });
  expect(distance(got.heatmaps.coarse.data, want.heatmaps.coarse.data)).toBeLessThanOrEqual(tolerance);
  expect(got.heatmaps.fine === undefined).toBe(want.heatmaps.fine === undefined);
  expect(distance(got.heatmaps.fine?.data ?? [], want.heatmaps.fine?.data ?? [])).toBeLessThanOrEqual(
    tolerance,
  );
}

describe.each(['narrow', 'narrow-age', 'three-regions', 'no-co-attention'])('%s', (name) => {
  it('finds the same with all passes and with none', async () => {
    const [all, none] = [await localize(name, []), await localize(name, names)];
    expectAgreement(all, none);
    expect(all.dispatches).toBeLessThan(none.dispatches / 2.5);
  });
});

describe('narrow', () => {
  let reference: Result;

  beforeAll(async () => {
    reference = await localize('narrow', []);
  });

  it.each(names)('finds the same without %s', async (off) => {
    const got = await localize('narrow', [off]);
    expectAgreement(got, reference, EXACT.includes(off) ? 0 : TOLERANCE);
    expect(got.dispatches).toBeGreaterThanOrEqual(reference.dispatches);
  });
});
