import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { redacted, type SelfReport } from '../../src/cli/verify/self/report.js';
import { verifySelf } from '../../src/cli/verify/self/verify-self.js';
import { EngineDevice } from '../../src/graph/index.js';
import { Zian } from '../../src/zian/zian.js';
import { altered } from '../support/altered.js';
import { testDevice } from '../support/device.js';
import { runModel } from '../support/model.js';
import { runImage } from '../support/run.js';
import { readRun } from '../support/runs.js';
import { bundled, runScript } from './bundle.js';
import { testFolder } from './support.js';

const run = readRun('narrow');
const options = { samples: 40, dtype: 'f32', versions: {}, onProgress: () => undefined } as const;

/** What is found on the test device when the text of some shaders is another than it should be. */
async function found(shader = /^$/, right = '', wrong = ''): Promise<SelfReport> {
  const { gpu, report } = await testDevice();
  let changed = 0;
  const device = EngineDevice.wrap(
    altered(gpu, {
      createShaderModule: (descriptor: GPUShaderModuleDescriptor) => {
        if (!shader.test(descriptor.label ?? '')) return gpu.createShaderModule(descriptor);
        const code = descriptor.code.replaceAll(right, wrong);
        if (code !== descriptor.code) changed++;
        return gpu.createShaderModule({ ...descriptor, code });
      },
    }),
    undefined,
    report,
  );
  const zian = await Zian.load({ model: await runModel(run), device });
  try {
    const result = await verifySelf(
      runImage(run),
      { engine: zian, adapter: report.name, device: report, close: async () => undefined },
      options,
    );
    expect(changed > 0).toBe(right !== '');
    return result;
  } finally {
    zian.destroy();
    device.destroy();
  }
}

describe('verifySelf', () => {
  it('finds nothing where the adapter computes rightly', async () => {
    const report = await found();
    expect(report.layers.filter(({ ok }) => !ok)).toEqual([]);
    expect(report).toMatchObject({ ok: true, firstBad: null });
    expect(report.layers.length).toBeGreaterThan(150);
    expect(report.layers.every(({ compared }) => compared > 0)).toBe(true);
  });

  it('names the first layer that a wrong kernel has computed', async () => {
    const norm = await found(/^mode_pool$/, 'inverseSqrt(', '1.001 * inverseSqrt(');
    expect(norm).toMatchObject({
      ok: false,
      firstBad: 'attention.in_ator_trans.out_trans.feat_softaggr',
    });
    // What follows is right for what it was given.
    expect(new Set(norm.layers.filter(({ ok }) => !ok).map(({ kernel }) => kernel))).toEqual(
      new Set(['mode_pool']),
    );
    const peak = await found(/^argmax-final$/, 'at % COLUMNS', 'at % COLUMNS + 1u');
    expect(peak).toMatchObject({ ok: false, firstBad: 'heatmap_ds.peak' });
  });

  it('notices an error of a thousandth in a convolution', async () => {
    const report = await found(
      /./,
      'fn activate(',
      'fn activate(was: vec4<f32>) -> vec4<f32> { return activate_right(was * 1.001); }\nfn activate_right(',
    );
    expect(report).toMatchObject({ ok: false, firstBad: 'hrnet.conv1' });
  });
});

describe('a report', () => {
  const report: SelfReport = {
    format: 'zian-webgpu self-verification',
    ok: false,
    firstBad: 'hrnet.conv1',
    dtype: 'f32',
    modelSha256: null,
    samples: 1,
    seconds: 1,
    adapter: {
      name: 'Some GPU',
      vendor: 'v',
      architecture: 'a',
      description: 'driver in /home/somebody/drivers/lib.so of somebody, C:\\Users\\somebody\\x 1.2.3',
      backend: 'vulkan',
      software: false,
      features: [],
      limits: {
        maxBufferSize: 1,
        maxStorageBufferBindingSize: 1,
        maxStorageBuffersPerShaderStage: 1,
        maxComputeWorkgroupStorageSize: 1,
        maxComputeInvocationsPerWorkgroup: 1,
        maxComputeWorkgroupSizeX: 1,
        maxComputeWorkgroupSizeY: 1,
        maxComputeWorkgroupSizeZ: 1,
        maxComputeWorkgroupsPerDimension: 1,
      },
    },
    versions: { node: 'v20' },
    layers: [],
  };

  it('names no user and no folder, and keeps the driver’s version', () => {
    const text = redacted(report, ['somebody', '/home/somebody']);
    expect(text).not.toMatch(/somebody|\/home|Users/);
    expect(JSON.parse(text).adapter.description).toMatch(/^driver in .* 1\.2\.3$/);
  });
});

describe('zian verify --self', () => {
  const folder = testFolder();
  const main = bundled('src/cli/main.ts');

  it('passes, and writes a report without the file’s names', async () => {
    const path = join(folder, 'report.json');
    const adapter = process.env.ZIAN_TEST_ADAPTER || 'software';
    const ran = await runScript(main(), [
      ...['verify', '--self', '-m', 'models/fovea.safetensors', '--samples', '20'],
      ...['--image', 'examples/fundus-1.png', '--report', path, '--adapter', adapter],
    ]);
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.out).toMatch(/^PASS: \d+ outputs of layers agree with the float64 reference/m);
    const text = readFileSync(path, 'utf8');
    expect(JSON.parse(text)).toMatchObject({ ok: true, versions: { node: process.version } });
    for (const secret of [folder, homedir(), process.cwd(), 'fundus-1', 'fovea.safetensors'])
      expect(text).not.toContain(secret);
  });
});
