import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MODEL_CACHE } from '../../src/web/download.js';
import { runModel } from '../support/model.js';
import { readRun } from '../support/runs.js';
import { testPage } from './support.js';

const MODEL = '/models/fovea.safetensors';
const PICTURE = '/examples/fundus-2.jpg';
const bytes = readFileSync('models/fovea.safetensors');
const SHA256 = createHash('sha256').update(bytes).digest('hex');
/** A small model of the coarse stage alone, for what needs a device of its own and so compiles again. */
const SMALL = '/small.safetensors';
const run = readRun('coarse-only');
const small = await runModel(run);
const smallBytes = await small.read(0, small.size);

const page = testPage({
  [SMALL]: { bytes: smallBytes },
  '/broken.safetensors': {
    answer: (response) => {
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, 1_000_000));
      // The connection breaks off.
      setTimeout(() => response.destroy(), 50);
    },
  },
  '/endless.safetensors': {
    answer: (response) => {
      response.writeHead(200, { 'content-length': 1e9 });
      response.write(bytes);
    },
  },
});

const downloads = (path: string): number =>
  page().requests.filter((url) => new URL(url).pathname === path).length;

describe('loading a model in Chromium', () => {
  it('downloads with progress in bytes, and goes on to weights and pipelines', async () => {
    const report = await page().call('loadModel', 'url', {
      path: MODEL,
      sha256: SHA256.toUpperCase(),
      cache: false,
    });
    expect(report).toMatchObject({
      stages: ['download', 'weights', 'pipelines'],
      bytes: { done: bytes.length, total: bytes.length },
    });
    expect(report.error).toBeUndefined();
    await page().call('destroyModel', 'url');
  });

  it.each(['blob', 'buffer', 'bytes', 'opfs'] as const)('takes it as %s', async (as) => {
    const report = await page().call('loadModel', as, { path: MODEL, as, sha256: SHA256 });
    expect(report).toMatchObject({ stages: ['weights', 'pipelines'] });
    expect(report.error).toBeUndefined();
    await page().call('destroyModel', as);
  });

  it('keeps what it has downloaded with a hash, and takes it from there', async () => {
    await page().call('dropKeptModels', MODEL_CACHE);
    const before = downloads(MODEL);
    for (const stages of [
      ['download', 'weights', 'pipelines'],
      ['weights', 'pipelines'],
    ]) {
      const report = await page().call('loadModel', 'kept', { path: MODEL, sha256: SHA256 });
      expect(report).toMatchObject({ stages });
      expect(report.error).toBeUndefined();
      await page().call('destroyModel', 'kept');
    }
    expect(downloads(MODEL)).toBe(before + 1);
    expect(await page().call('keptModels', MODEL_CACHE)).toEqual([MODEL]);
  });

  it.each(['url', 'blob'] as const)(
    'refuses a file (%s) of another hash, and keeps nothing of it',
    async (as) => {
      await page().call('dropKeptModels', MODEL_CACHE);
      const wrong = 'ab'.repeat(32);
      const { error } = await page().call('loadModel', 'wrong', { path: MODEL, as, sha256: wrong });
      expect(error).toMatch(/^ZianError: .*fovea|the model .*is not the file that was expected/);
      expect(error).toContain(SHA256);
      expect(await page().call('keptModels', MODEL_CACHE)).toEqual([]);
    },
  );

  it.each([
    ['/models/missing.safetensors', /404/],
    ['/broken.safetensors', /broke off after \d+ bytes/],
    ['/examples/fundus-2.jpg', /is not a safetensors file/],
    ['http://127.0.0.1:1/model.safetensors', /could not be downloaded/],
  ])('says why %s is no model', async (path, message) => {
    const { error } = await page().call('loadModel', 'no', { path });
    expect(error).toMatch(/^ZianError: /);
    expect(error).toMatch(message);
  });

  it.each([
    ['download', '/endless.safetensors'],
    ['weights', MODEL],
    ['pipelines', MODEL],
  ] as const)('rejects at once when it is aborted at %s', async (abortAt, path) => {
    const { stages, error, milliseconds } = await page().call('loadModel', 'aborted', { path, abortAt });
    expect(error).toMatch(/^AbortError: /);
    expect(stages.at(-1)).toBe(abortAt);
    expect(milliseconds).toBeLessThan(500);
  });
});

describe('the end of a model in Chromium', () => {
  it.each(['given', 'bare'] as const)('leaves a device alone that is %s', async (device) => {
    const { error } = await page().call('loadModel', device, { path: SMALL, device });
    expect(error).toBeUndefined();
    expect(await page().call('destroyModel', device)).toEqual({ deviceAlive: true });
  });

  it('rejects what runs, what waits, and what comes after', async () => {
    await page().call('loadModel', 'destroyed', { path: SMALL, device: 'given' });
    const answers = await page().call('destroyDuring', 'destroyed', PICTURE);
    expect(answers).toEqual(Array(3).fill('ZianError: The model was destroyed; load it again.'));
  });

  it('is told when a device that was given is lost', async () => {
    await page().call('loadModel', 'lost', { path: SMALL, device: 'given' });
    const answers = await page().call('loseDevice', 'lost', PICTURE);
    expect(answers).toEqual([...Array(3).fill(expect.stringMatching(/^DeviceLostError: /)), 'destroyed']);
  });

  it('does not come when its own device is lost: another one does the work', async () => {
    await page().call('loadModel', 'small', { path: SMALL });
    await page().call('loadModel', 'found', { path: SMALL, device: 'own' });
    const answers = await page().call('loseDevice', 'found', PICTURE);
    expect(answers).toEqual([...Array(3).fill('a result'), 'destroyed']);
    await page().call('loadModel', 'found', { path: SMALL, device: 'own' });
    const { landmark } = await page().call('localizeAs', 'found', 'blob', PICTURE);
    expect(landmark).toEqual((await page().call('localizeAs', 'small', 'blob', PICTURE)).landmark);
  });

  it('is that of the device which was opened for it', async () => {
    expect(await page().call('destroyModel', 'found')).toEqual({ deviceAlive: false });
  });

  it('leaves no GPU memory behind, however many pictures there are', async () => {
    // The first call makes the buffer that results are read back through.
    await page().call('loadModel', 'many', { path: SMALL });
    expect(await page().call('leftOver', 'many', PICTURE, 5)).toEqual([1, 1, 1, 1, 1]);
  });

  it('cannot read pictures of another origin', async () => {
    const foreign = page().origin.replace('127.0.0.1', 'localhost');
    const answer = await page().call('refusalOfForeign', 'many', `${foreign}${PICTURE}`);
    expect(answer).toMatch(/^ZianError: .*another origin/);
  });
});
