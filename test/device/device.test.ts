import { describe, expect, it, vi } from 'vitest';
import { ZianError } from '../../src/errors.js';
import { DEFAULT_LIMITS, EngineDevice } from '../../src/graph/device.js';
import { BufferUsage, MapMode } from '../../src/graph/flags.js';
import { openDevice } from '../../src/node/adapters.js';
import { requestAdapter } from '../../src/node/dawn.js';
import { altered } from '../support/altered.js';
import { testDevice } from '../support/device.js';

const device = await testDevice();
const fresh = (): Promise<EngineDevice> => openDevice(process.env.ZIAN_TEST_ADAPTER || 'software');
/** No buffer may be for mapping and for storage at once. */
const REFUSED = { size: 16, usage: BufferUsage.MAP_READ | BufferUsage.STORAGE };

function thrown(fn: () => void): ZianError {
  try {
    fn();
  } catch (error) {
    if (error instanceof ZianError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

async function roundTrip(gpu: GPUDevice): Promise<number[]> {
  const buffer = gpu.createBuffer({ size: 8, usage: BufferUsage.MAP_READ | BufferUsage.COPY_DST });
  gpu.queue.writeBuffer(buffer, 0, Uint32Array.of(7, 11));
  await buffer.mapAsync(MapMode.READ);
  const values = [...new Uint32Array(buffer.getMappedRange())];
  buffer.destroy();
  return values;
}

describe('EngineDevice.request', () => {
  it('reports what it got, and got no less than WebGPU guarantees', () => {
    const { report, gpu, owned } = device;
    expect(owned).toBe(true);
    expect(report.name).not.toBe('');
    expect(report.features).toEqual([...gpu.features].sort());
    for (const [name, least] of Object.entries(DEFAULT_LIMITS)) {
      expect(new Map<string, number>(Object.entries(report.limits)).get(name)).toBeGreaterThanOrEqual(least);
    }
    expect(report.limits.maxStorageBufferBindingSize).toBe(gpu.limits.maxStorageBufferBindingSize);
    expect(device.has('shader-f16')).toBe(gpu.features.has('shader-f16'));
  });

  it('says which adapter gives no device', async () => {
    const real = await requestAdapter('packaged', 'SwiftShader');
    if (!real) throw new Error('the packaged SwiftShader is missing');
    const requestDevice = (): Promise<never> => Promise.reject(new Error('consumed\n already'));
    const adapter = altered(real, { requestDevice });
    await expect(EngineDevice.request(adapter)).rejects.toMatchObject({
      kind: 'device',
      message: expect.stringMatching(/^The adapter '.*SwiftShader.*' gave no device: consumed already$/),
    });
  });
});

describe('EngineDevice.wrap', () => {
  it("never destroys the caller's device", async () => {
    const wrapped = EngineDevice.wrap(device.gpu);
    expect(wrapped.owned).toBe(false);
    expect(wrapped.report.software).toBe(device.report.software);
    wrapped.destroy();
    wrapped.destroy();
    expect(await roundTrip(device.gpu)).toEqual([7, 11]);
    device.assertAlive();
  });

  it("leaves the caller's own handling of errors alone", async () => {
    const seen: boolean[] = [];
    const wrapped = EngineDevice.wrap(device.gpu);
    const own = new Promise<void>((resolve) => {
      const listener = (event: GPUUncapturedErrorEvent): void => {
        event.preventDefault();
        seen.push(true);
        resolve();
      };
      device.gpu.addEventListener('uncapturederror', listener, { once: true });
    });
    device.gpu.createBuffer(REFUSED);
    await own;
    expect(seen).toEqual([true]);
    expect(thrown(() => wrapped.assertAlive()).message).toContain('reported an error');
    expect(thrown(() => device.assertAlive()).kind).toBe('device');
    wrapped.destroy();
  });
});

describe('a device that is gone', () => {
  it('is reported after its owner destroyed it', async () => {
    const mine = await fresh();
    mine.assertAlive();
    mine.destroy();
    mine.destroy();
    expect(thrown(() => mine.assertAlive())).toMatchObject({
      kind: 'device',
      message: expect.stringContaining('was destroyed'),
    });
    expect(await mine.lost).toMatchObject({ reason: 'destroyed' });
    await expect(mine.scoped('nothing', () => 1)).rejects.toMatchObject({ kind: 'device' });
  });

  it('is reported when it is destroyed behind our back', async () => {
    const mine = await fresh();
    const wrapped = EngineDevice.wrap(mine.gpu);
    mine.gpu.destroy();
    await wrapped.lost;
    expect(thrown(() => wrapped.assertAlive()).message).toContain('was destroyed');
    expect(thrown(() => mine.assertAlive()).message).toContain('was destroyed');
  });

  it('is reported with the reason of the loss', async () => {
    const loss = Promise.resolve({ reason: 'unknown', message: 'the driver\n  was reset' });
    const wrapped = EngineDevice.wrap(altered(device.gpu, { lost: loss }));
    expect(await wrapped.lost).toEqual({ reason: 'unknown', message: 'the driver was reset' });
    const error = thrown(() => wrapped.assertAlive());
    expect(error.kind).toBe('device');
    expect(error.message).toContain('was lost (the driver was reset)');
    expect(error.message).not.toContain('\n');
    wrapped.destroy();
  });
});

describe('scoped', () => {
  it('returns what the call returns', async () => {
    const usage = BufferUsage.STORAGE;
    const buffer = await device.scoped('creating a buffer', () =>
      device.gpu.createBuffer({ size: 16, usage }),
    );
    expect(buffer.size).toBe(16);
    buffer.destroy();
  });

  it('throws one sentence with what was being done', async () => {
    const failing = device.scoped("creating the buffer 'stem'", () => device.gpu.createBuffer(REFUSED));
    const message = expect.stringMatching(
      /^creating the buffer 'stem': the GPU device refused the call: [^\n]+$/,
    );
    await expect(failing).rejects.toMatchObject({ kind: 'device', message });
    device.assertAlive();
  });

  it('tells apart tasks that run at the same time', async () => {
    const good = { size: 16, usage: BufferUsage.STORAGE };
    const outcomes = await Promise.allSettled(
      [good, REFUSED, good, REFUSED].map((descriptor, i) =>
        device.scoped(`buffer ${i}`, () => device.gpu.createBuffer(descriptor)),
      ),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected']);
  });

  it('closes its scopes when the call throws', async () => {
    const failing = device.scoped('throwing', () => {
      throw new TypeError('mine');
    });
    await expect(failing).rejects.toThrow(new TypeError('mine'));
    // The stack of scopes is empty again, so there is nothing to close.
    await expect(device.gpu.popErrorScope()).rejects.toThrow();
  });

  it('names the lack of memory', async () => {
    const answers = [null, { message: 'allocation failed' }, null];
    const popErrorScope = vi.fn(() => Promise.resolve(answers.shift() ?? null));
    const gpu = altered(device.gpu, { pushErrorScope: () => undefined, popErrorScope });
    const wrapped = EngineDevice.wrap(gpu);
    await expect(wrapped.scoped('loading', () => 1)).rejects.toMatchObject({
      kind: 'device',
      message: 'loading: the GPU is out of memory: allocation failed',
    });
    expect(popErrorScope).toHaveBeenCalledTimes(3);
    wrapped.destroy();
  });
});

describe('an error that no scope caught', () => {
  it('is reported once by assertAlive, the first one only', async () => {
    const mine = await fresh();
    const arrived = new Promise<void>((resolve) => {
      mine.gpu.addEventListener('uncapturederror', () => resolve(), { once: true });
    });
    mine.gpu.createBuffer(REFUSED);
    await arrived;
    const error = thrown(() => mine.assertAlive());
    expect(error).toMatchObject({ kind: 'device', message: expect.stringContaining('reported an error') });
    expect(error.message).toContain(mine.report.name);
    mine.assertAlive();
    mine.destroy();
  });
});
