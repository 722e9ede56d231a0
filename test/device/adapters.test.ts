import { afterEach, describe, expect, it, vi } from 'vitest';
import { advise, autoChoice, runDoctor } from '../../src/cli/doctor.js';
import { type AdapterCheck, checkAdapters, listAdapters, openDevice } from '../../src/node/adapters.js';
import { loadDawn } from '../../src/node/dawn.js';
import { driversInSight, driverVariables, withVariables } from '../../src/node/vulkan.js';

afterEach(() => vi.unstubAllEnvs());

const SWIFTSHADER = /swiftshader/i;

describe('listAdapters', () => {
  it('has the packaged SwiftShader', async () => {
    const packaged = (await listAdapters()).filter(({ source }) => source === 'packaged');
    expect(packaged).toHaveLength(1);
    expect(packaged[0]).toMatchObject({
      name: expect.stringMatching(SWIFTSHADER),
      software: true,
      backend: 'vulkan',
    });
  });
});

describe('openDevice', () => {
  it("gives SwiftShader as 'software' whatever drivers the environment names, and leaves the environment alone", async () => {
    vi.stubEnv('VK_DRIVER_FILES', '/nonexistent/driver.json');
    vi.stubEnv('VK_ICD_FILENAMES', '/nonexistent/driver.json');
    const device = await openDevice('software');
    expect(device.report).toMatchObject({ name: expect.stringMatching(SWIFTSHADER), software: true });
    expect(process.env.VK_DRIVER_FILES).toBe('/nonexistent/driver.json');
    expect(process.env.VK_ICD_FILENAMES).toBe('/nonexistent/driver.json');
    device.destroy();
  });

  it('takes part of a name in either case of letters', async () => {
    const device = await openDevice('SWIFTshader');
    expect(device.report.name).toMatch(SWIFTSHADER);
    device.destroy();
  });

  it.each(['no such gpu', ' '])("refuses the name '%s' with what to give instead", async (name) => {
    await expect(openDevice(name)).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringContaining('auto, hardware, software'),
    });
  });

  it('lists what there is when a name is missing', async () => {
    await expect(openDevice('no such gpu')).rejects.toThrow(SWIFTSHADER);
  });
});

// Dawn's null backend says that it is hardware, and computes nothing.
describe('an adapter that fails the self-test', () => {
  const useNull = (): unknown => vi.stubEnv('DAWNNODE_BACKEND', 'null');

  it.each(['hardware', 'Null backend'])("is refused as '%s'", async (selector) => {
    useNull();
    await expect(openDevice(selector)).rejects.toMatchObject({
      kind: 'device',
      message: expect.stringMatching(/'Null backend' fails the self-test: .* is wrong/),
    });
  });

  it("is not taken by 'auto', which says so in one line", async () => {
    useNull();
    const lines: string[] = [];
    const device = await openDevice('auto', { log: (line) => lines.push(line) });
    expect(device.report.name).toMatch(SWIFTSHADER);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/Null backend.*self-test.*SwiftShader/);
    expect(lines[0]).not.toContain('\n');
    device.destroy();
  });

  it('makes a name ambiguous only with others that match', async () => {
    useNull();
    await expect(openDevice('e')).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringMatching(/Several.*'Null backend'.*SwiftShader/),
    });
  });

  it('is shown by the doctor', async () => {
    useNull();
    const { json, text, exitCode } = await runDoctor();
    expect(exitCode).toBe(0);
    expect(json.adapters.map(({ outcome }) => outcome.ok)).toEqual([false, true]);
    expect(json.auto).toBe(1);
    expect(json.environment).toHaveProperty('DAWNNODE_BACKEND', 'null');
    expect(text).toMatch(/FAILED: its integer arithmetic is wrong/);
    expect(text).toMatch(/auto takes SwiftShader/);
    expect(json.advice.join('\n')).toContain("'Null backend', which fails the self-test");
  });

  it('is told from a backend that Dawn does not know', async () => {
    vi.stubEnv('DAWNNODE_BACKEND', 'nonsense');
    await expect(openDevice('hardware')).rejects.toMatchObject({
      kind: 'device',
      message: expect.stringContaining("unrecognised backend 'nonsense'"),
    });
    expect(await runDoctor()).toMatchObject({ exitCode: 4, json: { adapters: [], auto: null } });
  });
});

describe('the doctor', () => {
  it('takes hardware before the packaged adapter, and that before other software', async () => {
    const [check] = await checkAdapters();
    if (!check) throw new Error('no adapter at all');
    const as = (source: 'environment' | 'packaged', software: boolean, ok: boolean): AdapterCheck => ({
      ...check,
      entry: { ...check.entry, source, software },
      outcome: ok ? { ok } : { ok, reason: 'it is wrong' },
    });
    const cpu = as('environment', true, true);
    const packaged = as('packaged', true, true);
    expect(autoChoice([cpu, as('environment', false, true), packaged])).toBe(1);
    expect(autoChoice([cpu, as('environment', false, false), packaged])).toBe(2);
    expect(autoChoice([cpu])).toBe(0);
    expect(autoChoice([as('packaged', true, false)])).toBe(-1);
    expect(autoChoice([])).toBe(-1);
  });

  it('says what to install where there is nothing', () => {
    const advice = advise({
      versions: {
        'zian-webgpu': '1',
        node: 'v20',
        webgpu: null,
        '@sparticuz/chromium': null,
        os: 'linux-x64 6',
      },
      adapters: [],
      auto: null,
      vulkanLoader: false,
      environment: { VK_DRIVER_FILES: '/x.json' },
      swiftShader: { unavailable: 'the package is not installed' },
    }).join('\n');
    for (const part of [
      'npm install webgpu',
      'npm install @sparticuz/chromium',
      'libvulkan1',
      'mesa-vulkan-drivers',
    ]) {
      expect(advice).toContain(part);
    }
    expect(advice).toContain('VK_DRIVER_FILES is set (/x.json)');
  });
});

describe('missing packages', () => {
  it("names npm's command when webgpu is not installed", async () => {
    const missing = Object.assign(new Error("Cannot find package 'webgpu'"), {
      code: 'ERR_MODULE_NOT_FOUND',
    });
    await expect(loadDawn(() => Promise.reject(missing))).rejects.toMatchObject({
      kind: 'device',
      message: expect.stringContaining('npm install webgpu'),
    });
    await expect(loadDawn(() => Promise.reject(new Error('wrong ELF class')))).rejects.toMatchObject({
      kind: 'device',
      message: expect.stringMatching(/does not load on .*: wrong ELF class/),
    });
  });
});

describe('Vulkan drivers', () => {
  const packaged = { version: '1', manifest: '/cache/icd.json', loader: '/cache/libvulkan.so.1' };

  it('are chosen by variables that the old and the new loader know', () => {
    expect(driverVariables('environment', packaged)).toEqual({});
    expect(driverVariables('packaged', undefined)).toEqual({});
    expect(driverVariables('both', packaged)).toEqual({ VK_ADD_DRIVER_FILES: '/cache/icd.json' });
    expect(driverVariables('packaged', packaged)).toEqual({
      VK_DRIVER_FILES: '/cache/icd.json',
      VK_ICD_FILENAMES: '/cache/icd.json',
      VK_ADD_DRIVER_FILES: undefined,
    });
  });

  it('leave no trace in the environment, also after an error', () => {
    vi.stubEnv('VK_DRIVER_FILES', '/mine.json');
    vi.stubEnv('VK_ADD_DRIVER_FILES', undefined);
    const seen = withVariables({ VK_DRIVER_FILES: undefined, VK_ADD_DRIVER_FILES: '/a.json' }, () => [
      process.env.VK_DRIVER_FILES,
      process.env.VK_ADD_DRIVER_FILES,
    ]);
    expect(seen).toEqual([undefined, '/a.json']);
    const fail = (): never => {
      throw new Error('inside');
    };
    expect(() => withVariables({ VK_DRIVER_FILES: '/b.json' }, fail)).toThrow('inside');
    expect(process.env.VK_DRIVER_FILES).toBe('/mine.json');
    expect('VK_ADD_DRIVER_FILES' in process.env).toBe(false);
  });

  it('are in sight when named, or installed where the loader looks', () => {
    const nowhere = (): boolean => false;
    expect(driversInSight({ HOME: '/home/me' }, nowhere)).toBe(false);
    expect(driversInSight({ HOME: '/home/me', VK_ADD_DRIVER_FILES: '/x.json' }, nowhere)).toBe(true);
    for (const folder of [
      '/usr/share/vulkan/icd.d',
      '/home/me/.local/share/vulkan/icd.d',
      '/opt/x/vulkan/icd.d',
    ]) {
      const env = { HOME: '/home/me', XDG_DATA_DIRS: '/opt/x:/opt/y' };
      expect(driversInSight(env, (path) => path === folder)).toBe(true);
    }
  });
});
