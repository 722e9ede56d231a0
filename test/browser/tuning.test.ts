import { describe, expect, it } from 'vitest';
import { runModel } from '../support/model.js';
import { readRun } from '../support/runs.js';
import { testPage } from './support.js';

const SMALL = '/small.safetensors';
const small = await runModel(readRun('coarse-only'));
const page = testPage({ [SMALL]: { bytes: await small.read(0, small.size) } });

describe('what a page has measured', () => {
  it('is kept for the next visit', { timeout: 120_000 }, async () => {
    const measured = await page().call('tuneModel', SMALL, 3000);
    expect(measured).toBeGreaterThan(0);
    const kept = await page().call('keptTuning');
    await page().page.reload();
    expect(await page().call('keptTuning')).toBe(kept);
    expect(Object.keys(JSON.parse(kept).calls)).toHaveLength(measured);
  });

  it('joins what another page keeps, and can be forgotten', async () => {
    const kept = JSON.parse(await page().call('keptTuning'));
    const calls = { another: { variant: 'plain', milliseconds: { plain: 1 } } };
    await page().call('keepTuning', JSON.stringify({ ...kept, calls }));
    expect(JSON.parse(await page().call('keptTuning')).calls).toEqual({ ...kept.calls, ...calls });
    await page().call('forgetTuning');
    expect(JSON.parse(await page().call('keptTuning')).calls).toEqual({});
  });

  it('counts as nothing where it cannot be read', async () => {
    await page().page.evaluate(`new Promise((resolve, reject) => {
      const opening = indexedDB.open('zian-webgpu', 1);
      opening.onsuccess = () => {
        const transaction = opening.result.transaction('tuning', 'readwrite');
        const store = transaction.objectStore('tuning');
        const adapter = ${JSON.stringify(JSON.parse(await page().call('keptTuning')).adapter)};
        store.put('{"format": "something else"}', adapter);
        transaction.oncomplete = () => { opening.result.close(); resolve(); };
      };
      opening.onerror = () => reject(opening.error);
    })`);
    expect(JSON.parse(await page().call('keptTuning')).calls).toEqual({});
  });
});
