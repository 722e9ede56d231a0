import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { forgetPassed, hasPassed, notePassed } from '../../src/node/self-test-file.js';
import { testDevice } from '../support/device.js';

const { report } = await testDevice();
const cache = mkdtempSync(join(tmpdir(), 'zian-self-test-'));
const before = process.env.XDG_CACHE_HOME;
process.env.XDG_CACHE_HOME = cache;
afterAll(() => {
  if (before === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = before;
  rmSync(cache, { recursive: true });
});
const folder = join(cache, 'zian-webgpu', 'self-test');

describe('a passed self-test', () => {
  it('is remembered for the adapter and driver, and forgotten', async () => {
    expect(await hasPassed(report)).toBe(false);
    await notePassed(report);
    expect(await hasPassed(report)).toBe(true);
    expect(await hasPassed({ ...report, description: 'driver 2.0' })).toBe(false);
    expect(await hasPassed({ ...report, name: 'another adapter' })).toBe(false);
    await forgetPassed(report);
    expect(await hasPassed(report)).toBe(false);
  });

  it('is not taken from a damaged file', async () => {
    await notePassed(report);
    const [name = ''] = readdirSync(folder);
    writeFileSync(join(folder, name), '{}');
    expect(await hasPassed(report)).toBe(false);
  });

  it('that cannot be noted is no error', async () => {
    process.env.XDG_CACHE_HOME = '/dev/null';
    await notePassed(report);
    expect(await hasPassed(report)).toBe(false);
    process.env.XDG_CACHE_HOME = cache;
  });
});
