import { describe, expect, it } from 'vitest';
import { ZianError } from '../../src/errors.js';
import { Tuner, TuningTable } from '../../src/tuning/index.js';
import { cutScan } from '../../src/zian/scan.js';
import type { BatchLocalization, Heatmaps, Localization, LocalizeBatchOptions } from '../../src/zian/zian.js';
import { Zian } from '../../src/zian/zian.js';
import { spiedDevice } from '../graph/spied-device.js';
import { altered } from '../support/altered.js';
import { testDevice } from '../support/device.js';
import { runModel } from '../support/model.js';
import type { Run } from '../support/run.js';
import { readRun } from '../support/runs.js';
import { syntheticImage } from '../support/synthetic-image.js';

const SIZES = [
  [333, 222],
  [64, 300],
  [264, 264],
  [500, 411],
  [128, 90],
] as const;
const images = SIZES.map(([width, height], i) => syntheticImage(width, height, 40 + i));

const load = async (run: Run, batch?: number): Promise<Zian> =>
  Zian.load({
    model: await runModel(run),
    device: await testDevice(),
    ...(batch === undefined ? {} : { batch }),
  });

const withOptions = (run: Run, ...options: string[]): Run => ({
  ...run,
  options: [...run.options, ...options],
});

/** All but the times, with the heat maps' bits. */
const bits = ({ milliseconds: _, ...result }: Localization, heatmaps: Heatmaps | undefined) => ({
  ...result,
  coarseMap: heatmaps?.coarse,
  fineMap: heatmaps?.fine,
});

function succeeded(result: BatchLocalization | ZianError | undefined): BatchLocalization {
  if (result === undefined || result instanceof ZianError) throw result ?? new Error('no result');
  return result;
}

async function oneByOne(zian: Zian, options: LocalizeBatchOptions) {
  const results = [];
  for (const image of images) {
    const found = await zian.localize(image, options);
    results.push(bits(found, await zian.heatmaps()));
  }
  return results;
}

async function together(zian: Zian, options: LocalizeBatchOptions) {
  const results = await zian.localizeBatch(images, { ...options, heatmaps: true });
  return results.map((result) => {
    const { heatmaps, ...found } = succeeded(result);
    return bits(found, heatmaps);
  });
}

/** Every option of the network, and scores that are clamped. */
const RUNS = [
  'narrow',
  'narrow-age',
  'coarse-only',
  'one-region',
  'three-regions',
  'no-co-attention',
  'no-self-attention',
  'clamped-squeeze',
  'clamped-expand',
  'oblong',
] as const;

describe('five images at once are the same bits as one by one', () => {
  for (const name of RUNS)
    it(`${name}, with and without flip test, in batches of 4`, async () => {
      const [alone, batch] = [await load(readRun(name)), await load(readRun(name), 4)];
      // A batch costs no dispatches.
      expect(batch.dispatchCount).toBe(alone.dispatchCount);
      for (const flipTest of [false, true]) {
        const want = await oneByOne(alone, { flipTest });
        expect(await together(batch, { flipTest })).toEqual(want);
      }
      expect(await oneByOne(batch, { flipTest: true })).toEqual(await oneByOne(alone, { flipTest: true }));
      alone.destroy();
      batch.destroy();
    });

  it.each([1, 2, 3, 5, 7])('in batches of %d, between pixels', async (batch) => {
    const run = readRun('narrow');
    const [alone, together5] = [await load(run), await load(run, batch)];
    for (const refine of ['quadratic', 'gaussian'] as const) {
      const options = { refine, flipTest: true };
      expect(await together(together5, options)).toEqual(await oneByOne(alone, options));
    }
    alone.destroy();
    together5.destroy();
  });

  it('with contrast equalised', async () => {
    const run = withOptions(readRun('narrow'), 'DATASET.DATA_CLAHE', 'True');
    const [alone, batch] = [await load(run), await load(run, 3)];
    expect(alone.config.clahe).toBe(true);
    expect(await together(batch, {})).toEqual(await oneByOne(alone, {}));
    alone.destroy();
    batch.destroy();
  });

  it('the halves of a scan', async () => {
    const { left, right } = cutScan(syntheticImage(535, 240, 9), 'scan');
    const run = readRun('narrow-age');
    const [alone, batch] = [await load(run), await load(run, 2)];
    const want = [await alone.localize(left), await alone.localize(right)].map((found) =>
      bits(found, undefined),
    );
    const got = await batch.localizeBatch([left, right]);
    expect(got.map((result) => bits(succeeded(result), undefined))).toEqual(want);
    alone.destroy();
    batch.destroy();
  });

  it('where kernels are chosen by measurements', async () => {
    const run = readRun('narrow');
    const options = { model: await runModel(run), device: await testDevice() };
    const table = new TuningTable('any');
    const tuner = new Tuner(table, { budgetMilliseconds: 2000 });
    const alone = await Zian.load({ ...options, tuning: tuner });
    expect(table.size).toBeGreaterThan(0);
    // What was measured for one image is taken, and nothing more is measured.
    const batch = await Zian.load({ ...options, tuning: new Tuner(table), batch: 4 });
    expect(await together(batch, {})).toEqual(await oneByOne(alone, {}));
    alone.destroy();
    batch.destroy();
  });
});

describe('a batch', () => {
  it('gives errors in the places of images that cannot be used', async () => {
    const zian = await load(readRun('coarse-only'), 2);
    const [first, , third] = images;
    if (!first || !third) throw new Error('there are images');
    const results = await zian.localizeBatch([
      first,
      { width: 0, height: 3, data: new Uint8Array() },
      { width: 2, height: 2, data: new Uint8Array(3) },
      third,
    ]);
    expect(results.map((result) => (result instanceof ZianError ? result.kind : 'found'))).toEqual([
      'found',
      'input',
      'usage',
      'found',
    ]);
    const { heatmaps: _, ...last } = succeeded(results[3]);
    const map = (await zian.heatmaps()).coarse;
    expect({ ...(await zian.localize(third)), milliseconds: last.milliseconds }).toEqual(last);
    expect((await zian.heatmaps()).coarse).toEqual(map);
    expect(await zian.localizeBatch([])).toEqual([]);
    zian.destroy();
  });

  it('says which image overflows, and leaves the others their landmarks', async () => {
    const run = readRun('coarse-only');
    // Products with bright pixels are infinite, those with black ones are not.
    const zian = await load({ ...run, adjust: [{ name: 'hrnet.conv1.weight', scale: 3e38, offset: 0 }] }, 3);
    const flat = (value: number) => ({ width: 8, height: 8, data: new Uint8Array(256).fill(value) });
    const results = await zian.localizeBatch([flat(40), flat(255), flat(41)], { flipTest: false });
    const alone = await Promise.all(
      [40, 255, 41].map((value) =>
        zian.localize(flat(value), { flipTest: false }).then(
          (found) => bits(found, undefined),
          (error: unknown) => error,
        ),
      ),
    );
    expect(results.map((result) => (result instanceof ZianError ? result : bits(result, undefined)))).toEqual(
      alone,
    );
    zian.destroy();
  });

  it('is left at once when it is aborted, and rejected when the model is destroyed', async () => {
    const zian = await load(readRun('coarse-only'), 2);
    const controller = new AbortController();
    const left = zian.localizeBatch(images, { signal: controller.signal });
    const other = zian.localizeBatch(images);
    controller.abort(new Error('left'));
    await expect(left).rejects.toThrow('left');
    zian.destroy();
    await expect(other).rejects.toThrow('The model was destroyed');
  });

  it('that is too large for the device is refused with one that fits, before anything is made', async () => {
    const run = readRun('narrow');
    const { gpu } = await testDevice();
    // The image's own pixels take 262,144 bytes each.
    const limits = altered(gpu.limits, { maxStorageBufferBindingSize: 7 * 2 ** 20 });
    const { device, calls } = await spiedDevice({ limits });
    const loading = (batch: number) => runModel(run).then((model) => Zian.load({ model, device, batch }));
    const refused = await loading(64).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(refused).toMatchObject({ kind: 'usage' });
    const { message } = refused instanceof Error ? refused : new Error('none');
    const [, most = ''] =
      /^A batch of 64 images is too large for .*, which can bind at most 7340032 bytes at once; a batch of (\d+) fits\.$/.exec(
        message,
      ) ?? [];
    expect(calls.buffers).toEqual([]);
    expect(Number(most)).toBeGreaterThan(1);
    await expect(loading(Number(most) + 1)).rejects.toThrow(`a batch of ${most} fits`);
    const zian = await loading(Number(most));
    zian.destroy();
  });

  it('for which there is no memory says what one image takes', async () => {
    const run = readRun('coarse-only');
    let failing = false;
    const open: GPUErrorFilter[] = [];
    const { gpu } = await testDevice();
    const { device } = await spiedDevice({
      createBuffer: (descriptor: GPUBufferDescriptor) => {
        if (descriptor.label === 'slot 0') failing = open.includes('out-of-memory');
        return gpu.createBuffer(descriptor);
      },
      pushErrorScope: (filter: GPUErrorFilter) => {
        open.push(filter);
      },
      popErrorScope: async () => {
        if (open.pop() !== 'out-of-memory' || !failing) return null;
        failing = false;
        return { message: 'fails to allocate.' };
      },
    });
    await expect(runModel(run).then((model) => Zian.load({ model, device, batch: 8 }))).rejects.toMatchObject(
      {
        name: 'OutOfMemoryError',
        message: expect.stringMatching(
          /The network takes [\d.]+ MB: .* To make it fit, take a smaller batch \(one image at a time takes [\d.]+ MB\)/,
        ),
      },
    );
  });

  it.each([0, -1, 1.5, 65, Number.NaN])('of %d images is refused', async (batch) => {
    await expect(load(readRun('coarse-only'), batch)).rejects.toThrow(
      `A batch has 1 to 64 images, but ${batch} were asked for; give a whole number.`,
    );
  });
});
