import { describe, expect, it } from 'vitest';
import { bits } from '../../soak/subject.js';
import { WatchedDevice } from '../../soak/watched-device.js';
import { DeviceLostError, ZianError } from '../../src/errors.js';
import { EngineDevice } from '../../src/graph/index.js';
import { openDevice } from '../../src/node/adapters.js';
import { Zian, type ZianOptions } from '../../src/zian/zian.js';
import { runModel } from '../support/model.js';
import { runImage } from '../support/run.js';
import { readRun } from '../support/runs.js';
import { syntheticImage } from '../support/synthetic-image.js';

const run = readRun('coarse-only');
const image = runImage(run);
const open = () => openDevice(process.env.ZIAN_TEST_ADAPTER || 'software');

async function loaded(options: Partial<ZianOptions>): Promise<Zian> {
  return await Zian.load({ model: await runModel(run), device: open, ...options });
}

describe('a model whose device is lost', () => {
  it('goes on with another one, and has its heat maps again', async () => {
    const zian = await loaded({});
    const want = bits(await zian.localize(image));
    const maps = await zian.heatmaps();
    const { device } = zian;
    device.gpu.destroy();
    // Of an image that was localised on the device that is gone.
    expect((await zian.heatmaps()).coarse.data).toEqual(maps.coarse.data);
    expect(zian.device).not.toBe(device);
    expect(bits(await zian.localize(image))).toBe(want);
    zian.destroy();
    expect(zian.device.loss).toBeInstanceOf(DeviceLostError);
  });

  it('says so where that is not wanted, or the device is the caller’s', async () => {
    const never = await loaded({ repeats: 0 });
    const own = await open();
    const given = await loaded({ device: own });
    const bare = await loaded({ device: own.gpu });
    never.device.gpu.destroy();
    own.gpu.destroy();
    for (const zian of [never, given, bare]) {
      await expect(zian.localize(image)).rejects.toThrow(DeviceLostError);
      await expect(zian.heatmaps()).rejects.toThrow();
      zian.destroy();
    }
  });

  it('says so where the next device is lost as well, and is well again with the one after', async () => {
    let opened = 0;
    const all: WatchedDevice[] = [];
    const device = async (): Promise<EngineDevice> => {
      // The second and third are lost with the first thing that they are asked to compute.
      const bad = opened === 1;
      opened++;
      const watched = await WatchedDevice.open(process.env.ZIAN_TEST_ADAPTER || 'software', (call, lose) => {
        if (bad && call === 'submit') lose();
      });
      all.push(watched);
      return watched.device;
    };
    const zian = await loaded({ device });
    const want = bits(await zian.localize(image));
    all[0]?.lose();
    const again = zian.localize(image);
    // Lost before the call, and once within it.
    expect(bits(await again)).toBe(want);
    expect(opened).toBe(3);
    zian.destroy();
    for (const watched of all) watched.destroy();
  });

  it('does a whole batch again, with the same bits', async () => {
    const images = [0, 1, 2, 3, 4].map((i) => syntheticImage(100 + 40 * i, 90 + 30 * i, i));
    let losing = false;
    const all: WatchedDevice[] = [];
    const device = async (): Promise<EngineDevice> => {
      let submits = 0;
      const watched = await WatchedDevice.open(process.env.ZIAN_TEST_ADAPTER || 'software', (call, lose) => {
        // With the second of three runs.
        if (losing && call === 'submit' && ++submits === 2) {
          losing = false;
          lose();
        }
      });
      all.push(watched);
      return watched.device;
    };
    const zian = await loaded({ device, batch: 2 });
    const found = async () =>
      (await zian.localizeBatch(images)).map((result) => {
        if (result instanceof ZianError) throw result;
        return bits(result);
      });
    const want = await found();
    losing = true;
    // Behind another call, so that its images are read ahead on the device that is lost.
    const before = zian.localize(image);
    const again = found();
    await before;
    expect(await again).toEqual(want);
    expect(all).toHaveLength(2);
    zian.destroy();
    for (const watched of all) watched.destroy();
  });

  it('does not go on with another adapter, whose results may differ', async () => {
    let opened = 0;
    const device = async (): Promise<EngineDevice> => {
      const own = await open();
      return EngineDevice.wrap(own.gpu, undefined, { name: `adapter ${opened++}` });
    };
    const zian = await loaded({ device });
    zian.device.gpu.destroy();
    await expect(zian.localize(image)).rejects.toThrow(
      /was destroyed; open a new one\. The only other one is 'adapter 1'/,
    );
    zian.destroy();
  });
});
