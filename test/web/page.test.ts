import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCalibration } from '../../src/node/calibration-file.js';
import { decodeImage, loadZian, readImageFile } from '../../src/node/index.js';
import { confidenceOf } from '../../src/zian/calibration.js';
import { challengeCoordinates } from '../../src/zian/challenge-csv.js';
import { choose, done, downloaded, drop, idle, ROOT, row, site, text, visitReady } from './support.js';

const opened = site();
const folder = mkdtempSync(join(tmpdir(), 'zian-page-'));
afterAll(() => rmSync(folder, { recursive: true }));
const example = (name: string): string => join(ROOT, 'examples', name);

let page: Page;
beforeAll(async () => {
  page = await visitReady(opened());
});

describe('the page', () => {
  it('opens with the bundled model and the first example, and tells both for what they are', async () => {
    expect(await page.title()).toContain('ZIAN');
    const promise = await text(page, '.promise');
    expect(promise).toContain('Images stay on this device.');
    expect(promise).toContain('Not a medical device.');
    expect(await text(page, '#model-notice')).toContain('synthetic');
    expect(await text(page, '#result')).toMatch(/x\s*\d+\.\d\d\s*y\s*\d+\.\d\d/);
    expect(await text(page, '#result')).toContain('From the true place');
    expect(await text(page, '#result')).toMatch(/Confidence\s+(> 99|\d+) %/);
    expect(await page.textContent('#result')).toContain('at most 2.5 % of the picture’s width off');
    expect(await text(page, '#device')).toMatch(/swiftshader/i);
    expect(await text(page, '#model-card')).toMatch(/GPU memory\s+\d/);
    expect(await page.getAttribute('#canvas', 'aria-label')).toMatch(/fundus-1\.png: landmark found\. x \d/);
  });

  it('finds the landmark that Node finds, and its confidence, to the last bit', async () => {
    await page.click('#examples button >> nth=1');
    await done(page, 'fundus-2.jpg');
    const { name, bytes } = await downloaded(page, '#save-json');
    expect(name).toBe('landmarks.json');
    const results = JSON.parse(bytes.toString());
    const calibration = await readCalibration(join(ROOT, 'models/fovea.calibration.json'));
    const { zian, close } = await loadZian(join(ROOT, 'models/fovea.safetensors'), { adapter: 'software' });
    try {
      for (const image of ['fundus-1.png', 'fundus-2.jpg']) {
        const result = await zian.localize(await readImageFile(example(image)));
        const { landmark, coarse, peak, margin, network } = result;
        const found = results.find((result: { image: string }) => result.image === image);
        const confidence = confidenceOf(calibration, result);
        expect(found).toMatchObject({ landmark, coarse, peak, margin, network, confidence });
        expect(found.model.name).toBe('fovea.safetensors');
      }
    } finally {
      await close();
    }
  });

  it('writes the challenge file of what it found', async () => {
    const json = JSON.parse((await downloaded(page, '#save-json')).bytes.toString());
    const rows = json.map((result: { image: string; landmark: { x: number; y: number } }) =>
      [result.image, ...challengeCoordinates(result.landmark)].join(','),
    );
    const { name, bytes } = await downloaded(page, '#save-csv');
    expect(name).toBe('landmarks-refuge.csv');
    expect(bytes.toString()).toBe(`ImageName,Fovea_X,Fovea_Y\n${rows.join('\n')}\n`);
  });

  it('takes a dropped folder, and lists what of it cannot be read', async () => {
    const patients = join(folder, 'patients');
    mkdirSync(join(patients, 'second'), { recursive: true });
    cpSync(example('fundus-3.jpg'), join(patients, 'a.jpg'));
    cpSync(example('fundus-4.jpg'), join(patients, 'second', 'b.jpg'));
    writeFileSync(join(patients, 'broken.png'), 'no picture');
    writeFileSync(join(patients, 'notes.txt'), 'not to be opened');
    await drop(page, [patients]);
    await done(page, 'patients/second/b.jpg');
    await idle(page);
    expect(await text(page, row(page, 'patients/a.jpg'))).toMatch(/done\s+\d+\.\d\d/);
    expect(await text(page, row(page, 'patients/broken.png'))).toContain('failed: patients/broken.png');
    expect(await row(page, 'notes.txt').count()).toBe(0);
    expect(await text(page, '#table-count')).toContain('1 failed');
    const json = JSON.parse((await downloaded(page, '#save-json')).bytes.toString());
    expect(json.find(({ image }: { image: string }) => image === 'patients/broken.png').error).toBeTruthy();
  });

  it('takes a pasted picture', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.evaluate(async () => {
      const canvas = document.createElement('canvas');
      canvas.width = 300;
      canvas.height = 260;
      canvas.getContext('2d')?.fillRect(0, 0, 150, 100);
      const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
      if (blob) await navigator.clipboard.write([new ClipboardItem({ 'image/png': blob })]);
    });
    await page.focus('#stage');
    await page.keyboard.press('Control+V');
    await done(page, 'image.png');
    expect(await text(page, '#viewer-name')).toBe('image.png');
  });

  it('takes picked files and folders', async () => {
    await choose(page, '#open-pictures', [example('fundus-5.jpg'), example('fundus-6.jpg')]);
    await done(page, 'fundus-6.jpg');
    await choose(page, '#open-folder', join(folder, 'patients', 'second'));
    await done(page, 'second/b.jpg');
  });

  it('draws the overlay that the command line draws', async () => {
    await row(page, 'fundus-1.png')
      .getByRole('button', { name: /^fundus-1/ })
      .click();
    await idle(page);
    const { name, bytes } = await downloaded(page, '#save-overlay');
    expect(name).toBe('fundus-1-overlay.png');
    const { width, height } = await decodeImage(bytes, name);
    expect([width, height]).toEqual([560, 658]);
  });

  it('shows other pixels when a layer is switched', async () => {
    const canvas = page.locator('#canvas');
    const shown = await canvas.screenshot();
    await page.uncheck('[data-layer="regions"]');
    await page.waitForTimeout(200);
    const without = await canvas.screenshot();
    expect(without.equals(shown)).toBe(false);
    await page.check('[data-layer="regions"]');
    await page.waitForTimeout(200);
    expect((await canvas.screenshot()).equals(shown)).toBe(true);
  });

  it('pans and zooms by keys and tells the pixel under the pointer', async () => {
    const level = (): Promise<string> => text(page, '#zoom-level');
    const fitted = await level();
    await page.focus('#stage');
    await page.keyboard.press('+');
    expect(Number.parseFloat(await level())).toBeGreaterThan(Number.parseFloat(fitted));
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('l');
    expect(await level()).toBe('600 %');
    const { x, y, width, height } = (await page.locator('#stage').boundingBox()) ?? {
      x: 0,
      y: 0,
      width: 0,
      height: 0,
    };
    await page.mouse.move(x + width / 2, y + height / 2);
    // The landmark is in the middle now.
    const label = (await page.getAttribute('#canvas', 'aria-label')) ?? '';
    const [, left = '', top = ''] = /x ([\d.]+)\D+ y ([\d.]+\d)/.exec(label) ?? [];
    const [column, row] = [Math.round(Number(left)), Math.round(Number(top))];
    expect(await text(page, '#readout')).toMatch(
      new RegExp(`^x ${column}\\s+y ${row}\\s+coarse 0\\.\\d+\\s+fine 0\\.\\d+$`),
    );
    await page.keyboard.press('0');
    expect(await level()).toBe(fitted);
  });

  it('shows what the network saw, and the attention of a chosen pixel', async () => {
    await page.click('#open-insight');
    const stages = page.locator('.stages figure');
    await stages.first().waitFor();
    expect(await stages.allInnerTexts()).toEqual(
      expect.arrayContaining([
        expect.stringContaining('Coarse heat map'),
        expect.stringContaining('Region, scale 2'),
        expect.stringContaining('Fine heat map'),
      ]),
    );
    const maps = page.locator('.attention canvas');
    await expect.poll(() => maps.count()).toBe(3);
    const before = await maps.nth(1).screenshot();
    await maps.nth(0).click({ position: { x: 20, y: 90 } });
    await expect.poll(() => text(page, '.attention [role=status]')).not.toContain('(32, 32)');
    await expect.poll(async () => (await maps.nth(1).screenshot()).equals(before)).toBe(false);
  });

  it('measures the stages on the GPU', async () => {
    await page.click('#measure');
    await page.locator('.bars').waitFor();
    const times = await text(page, '#times');
    for (const stage of ['hrnet', 'co-attention', 'squeeze', 'fine head']) expect(times).toContain(stage);
  });

  it('asks nobody but its own host for anything', () => {
    const { requests, origin, failures } = opened();
    expect(requests.length).toBeGreaterThan(10);
    expect(requests.filter((url) => !url.startsWith(origin) && !url.startsWith(`blob:${origin}`))).toEqual(
      [],
    );
    expect(failures).toEqual([]);
  });
});

describe('the scleral spur', () => {
  it('is found in both halves of a scan, as the challenge wants it', async () => {
    await page.selectOption('#model', 'bundled:scleral-spur');
    await done(page, 'asoct-1.jpg');
    await idle(page);
    expect(await text(page, '#result')).toMatch(/Left half[\s\S]*Confidence\s+(> 99|\d+) %[\s\S]*Right half/);
    const { bytes } = await downloaded(page, '#save-csv');
    const [head, line = '', ...rest] = bytes.toString().trim().split('\n');
    expect(head).toBe('ASOCT_NAME,X_LEFT,Y_LEFT,X_RIGHT,Y_RIGHT');
    expect(rest).toEqual([]);
    const [name, ...numbers] = line.split(',');
    expect(name).toBe('asoct-1.jpg');
    const truth = [403.19, 552.91, 1821.5, 523.12];
    for (const [i, want] of truth.entries()) expect(Math.abs(Number(numbers[i]) - 1 - want)).toBeLessThan(20);
  });
});
