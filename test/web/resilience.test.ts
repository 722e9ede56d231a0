import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { done, idle, row, site, text, visitReady } from './support.js';

const opened = site();

/** Milliseconds from a click on Cancel to the end of what was under way, as the page's own clock has it. */
async function cancel(page: Page): Promise<number> {
  const during = await text(page, '#activity-detail');
  const milliseconds = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const bar = document.getElementById('activity');
        const started = performance.now();
        const watch = new MutationObserver(() => {
          if (bar?.hidden) resolve(performance.now() - started);
        });
        if (bar) watch.observe(bar, { attributes: true });
        document.getElementById('activity-cancel')?.click();
      }),
  );
  console.info(`cancelled within ${milliseconds.toFixed(1)} ms (${during})`);
  return milliseconds;
}

const HIDDEN_AT_ONCE = 200;

describe('cancel', () => {
  it('ends the loading of a model at once, and a picture loads it again', async () => {
    const page = await opened().visit();
    await page.locator('#activity-detail', { hasText: /weights|shaders/ }).waitFor();
    expect(await cancel(page)).toBeLessThan(HIDDEN_AT_ONCE);
    // The first picture waits behind the model, and loads it itself; it is cancelled as well.
    await page.locator('#activity-detail', { hasText: /weights|shaders|GPU/ }).waitFor();
    expect(await cancel(page)).toBeLessThan(HIDDEN_AT_ONCE);
    await idle(page);
    expect(await text(page, row(page, 'fundus-1.png'))).toContain('stopped');
    await page.click('#run-rest');
    await done(page, 'fundus-1.png');
    await page.context().close();
  });

  it('stops a queue of pictures, which can be taken up again', async () => {
    const page = await visitReady(opened());
    for (const i of [1, 2, 3, 4]) await page.click(`#examples button >> nth=${i}`);
    await page.locator('#activity-detail', { hasText: 'running the network' }).waitFor();
    expect(await cancel(page)).toBeLessThan(HIDDEN_AT_ONCE);
    await page.locator('.state-stopped').first().waitFor();
    await idle(page);
    expect(await page.locator('.state-waiting, .state-running').count()).toBe(0);
    await page.click('#run-rest');
    for (const i of [2, 3, 4, 5]) await done(page, `fundus-${i}.jpg`);
    await page.context().close();
  });
});

describe('a lost device', () => {
  it('is told, replaced, and the run under way repeated', async () => {
    const page = await visitReady(opened());
    const before = await text(page, '#result');
    await page.click('#examples button >> nth=2');
    await page.locator('#activity-detail', { hasText: 'running the network' }).waitFor();
    await page.click('#lose-device');
    await page.locator('.notice', { hasText: 'The GPU device was lost' }).waitFor();
    await page.locator('.notice', { hasText: 'The GPU is back' }).waitFor();
    await done(page, 'fundus-3.jpg');
    await row(page, 'fundus-1.png')
      .getByRole('button', { name: /^fundus-1/ })
      .click();
    await idle(page);
    await page.click('#run-all');
    await idle(page);
    await done(page, 'fundus-1.png');
    expect(await text(page, '#result')).toBe(before);
    expect(await text(page, '#device')).toContain('Recovered');
    await page.context().close();
  });

  it('is replaced before it is needed where nothing is under way', async () => {
    const page = await visitReady(opened());
    await page.click('#lose-device');
    await page.locator('.notice', { hasText: 'The GPU is back' }).waitFor();
    await idle(page);
    expect(await text(page, '#device')).toContain('ready');
    expect(await text(page, '#model-card')).toContain('fovea.safetensors');
    await page.context().close();
  });
});

describe('without a network', () => {
  it('the page, its models and its examples are there after the first visit', async () => {
    const { visit, stopServing } = opened();
    const page = await visit();
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready;
    });
    stopServing();
    await page.reload();
    await done(page, 'fundus-1.png');
    await page.selectOption('#model', 'bundled:scleral-spur');
    await done(page, 'asoct-1.jpg');
    await page.goto(`${opened().origin}bench.html`);
    expect(await page.title()).toContain('Bench');
    await page.goto(`${opened().origin}index.html`);
    expect(await text(page, 'h1')).toBe('ZIAN');
    await page.context().close();
  });
});
