import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { writeNarrowCheckpoint } from '../cli/support.js';
import { choose, site, text } from './support.js';

const opened = site({ webgpu: false });
const folder = mkdtempSync(join(tmpdir(), 'zian-no-webgpu-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('says why there is no GPU, which browsers have one, and still converts', async () => {
  const page = await opened().visit();
  await page.locator('#unsupported').waitFor();
  const told = await text(page, '#unsupported');
  expect(told).toMatch(/WebGPU is there, but offers no adapter|There is no WebGPU here/);
  for (const browser of ['Chrome and Edge', 'Safari', 'Firefox']) expect(told).toContain(browser);
  await expect.poll(() => text(page, '#result')).toContain('Not run');
  expect(await text(page, '#viewer-name')).toBe('fundus-1.png');

  const checkpoint = join(folder, 'narrow.pth');
  writeNarrowCheckpoint(checkpoint);
  await choose(page, '#open-model', checkpoint);
  await page.locator('#convert-start:enabled').waitFor();
  await page.click('#convert summary');
  await page.fill(
    '#convert-overrides',
    'MODEL.IMAGE_SIZE=[136, 136]\nMODEL.CROP_SIZE=[128, 128]\nMODEL.REGION_RADIUS=16\nMODEL.DS_FACTOR=2',
  );
  await page.click('#convert-start');
  await page.locator('.notice', { hasText: 'narrow.pth was converted to narrow.safetensors' }).waitFor();
  expect(await page.isEnabled('#save-model')).toBe(true);
  expect(opened().failures).toEqual([]);
});
