import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadZian, readImageFile } from '../../src/node/index.js';
import { bytesSource, openSafetensors } from '../../src/weights/index.js';
import { NARROW_YAML, writeImage, writeNarrowCheckpoint, zian } from '../cli/support.js';
import { choose, done, downloaded, drop, idle, site, text, visitReady } from './support.js';

const opened = site();
const folder = mkdtempSync(join(tmpdir(), 'zian-models-'));
afterAll(() => rmSync(folder, { recursive: true }));
const checkpoint = join(folder, 'narrow.pth');
const yaml = join(folder, 'experiment.yaml');
const image = join(folder, 'picture.png');

let page: Page;
beforeAll(async () => {
  writeNarrowCheckpoint(checkpoint);
  writeFileSync(yaml, NARROW_YAML);
  writeImage(image, 272, 272, 1);
  page = await visitReady(opened());
});

describe('a checkpoint', () => {
  it('is looked into, and refused with a reason where the settings do not fit', async () => {
    await choose(page, '#open-model', checkpoint);
    await page.locator('#convert-start:enabled').waitFor();
    expect(await text(page, '#convert-about')).toMatch(/narrow\.pth: HRNet 6-12-20-36, 2 regions, gated/);
    expect(await page.inputValue('#convert-base')).toBe('refuge');
    await page.selectOption('#convert-base', 'age');
    await page.click('#convert-start');
    await page.locator('#convert-error').waitFor();
    expect(await text(page, '#convert-error')).toMatch(
      /the data set is age, but there are linear_e\. tensors/,
    );
    await page.selectOption('#convert-base', 'file');
    await page.click('#convert-start');
    expect(await text(page, '#convert-error')).toContain('Choose the experiment file');
  });

  it('becomes the model that the command line makes of it', async () => {
    await page.setInputFiles('#convert-yaml', yaml);
    await page.click('#convert-start');
    await page.locator('.notice', { hasText: 'narrow.pth was converted' }).waitFor();
    await page.waitForFunction(() => document.querySelector('#model-card')?.textContent?.includes('narrow'));
    await idle(page);
    const { name, bytes } = await downloaded(page, '#save-model');
    expect(name).toBe('narrow.safetensors');
    const output = join(folder, 'by-command.safetensors');
    expect((await zian(['convert', checkpoint, '--config', yaml, '-o', output])).code).toBe(0);
    const own = await openSafetensors(bytesSource('by the page', bytes));
    const other = await openSafetensors(bytesSource('by command', readFileSync(output)));
    // They say who wrote them, which is another version in the test of the command line.
    expect({ ...own.metadata, converter: '' }).toEqual({ ...other.metadata, converter: '' });
    expect(own.metadata.converter).toMatch(/^zian-webgpu \d/);
    expect([...own.tensors]).toEqual([...other.tensors]);
    for (const tensor of own.tensors.keys())
      expect(Buffer.from(await own.readBytes(tensor)).equals(await other.readBytes(tensor))).toBe(true);
  });

  it('finds the landmark that Node finds with it', async () => {
    await choose(page, '#open-pictures', image);
    await done(page, 'picture.png');
    const json = JSON.parse((await downloaded(page, '#save-json')).bytes.toString());
    const found = json.find((result: { image: string }) => result.image === 'picture.png');
    const loaded = await loadZian(join(folder, 'by-command.safetensors'), { adapter: 'software' });
    try {
      const { landmark, peak, margin } = await loaded.zian.localize(await readImageFile(image));
      expect(found).toMatchObject({ landmark, peak, margin });
      expect(found).not.toHaveProperty('confidence');
    } finally {
      await loaded.close();
    }
  });

  it('is kept in the browser, is there on the next visit, and can be forgotten', async () => {
    await page.click('#keep-model');
    await page.locator('.notice', { hasText: 'narrow.safetensors is kept' }).waitFor();
    expect(await page.inputValue('#model')).toBe('kept:narrow.safetensors');
    await page.reload();
    await page.locator('#model option[value="kept:narrow.safetensors"]').waitFor({ state: 'attached' });
    await page.selectOption('#model', 'kept:narrow.safetensors');
    await page.waitForFunction(() => document.querySelector('#model-card')?.textContent?.includes('136'));
    await idle(page);
    await page.click('#forget-model');
    await page.locator('.notice', { hasText: 'was removed' }).waitFor();
    expect(await page.locator('#model option').allTextContents()).not.toContain('narrow.safetensors');
    const kept = await page.evaluate(async () => {
      const root = await navigator.storage.getDirectory();
      const folder = await root.getDirectoryHandle('models');
      return folder.getFileHandle('narrow.safetensors').then(
        () => 'still there',
        (error: DOMException) => error.name,
      );
    });
    expect(kept).toBe('NotFoundError');
    await idle(page);
  });
});

describe('a file that is no model', () => {
  it('is refused with its name and what it is', async () => {
    const wrong = join(folder, 'wrong.safetensors');
    writeFileSync(wrong, '<!doctype html><p>Sign in');
    await drop(page, [wrong]);
    await page.locator('#model-card .error').waitFor();
    expect(await text(page, '#model-card')).toMatch(/wrong\.safetensors is not a safetensors file.*HTML/);
    await page.selectOption('#model', 'bundled:fovea');
    await page.waitForFunction(() => document.querySelector('#model-card')?.textContent?.includes('fovea'));
    await idle(page);
  });

  it('is told apart from a checkpoint in its dialog', async () => {
    const evil = join(folder, 'evil.pth');
    writeFileSync(evil, Buffer.from('\x80\x02cos\nsystem\nX\x02\x00\x00\x00ls\x85R.', 'latin1'));
    await drop(page, [evil]);
    await page.locator('#convert-error').waitFor();
    expect(await text(page, '#convert-error')).toMatch(/os\.system|posix|evil\.pth/);
    expect(await page.isEnabled('#convert-start')).toBe(false);
    await page.click('#convert-close');
  });
});

it('asks nobody but its own host for anything, whatever was opened', () => {
  const { requests, origin, failures } = opened();
  expect(requests.filter((url) => !url.startsWith(origin) && !url.startsWith(`blob:${origin}`))).toEqual([]);
  expect(failures).toEqual([]);
});
