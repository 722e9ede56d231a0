import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, it } from 'vitest';
import { site, visitReady } from './support.js';

// Not a test: ZIAN_PAGE_PICTURES=FOLDER npx vitest run test/web/pictures.test.ts photographs the page, to be looked at.
// docs/images/page.png is its `light.png`.
const folder = process.env.ZIAN_PAGE_PICTURES;

const LOOKS = {
  light: { viewport: { width: 1360, height: 900 }, colorScheme: 'light' },
  dark: { viewport: { width: 1360, height: 900 }, colorScheme: 'dark' },
  phone: { viewport: { width: 390, height: 844 }, colorScheme: 'light', deviceScaleFactor: 2 },
} as const;

describe.runIf(folder !== undefined)('pictures of the page', () => {
  const opened = site();
  const take = async (page: Page, name: string, fullPage = false): Promise<void> => {
    // No tooltip, and no button that the pointer is over.
    await page.mouse.move(0, 0);
    await page.screenshot({ path: join(folder ?? '', `${name}.png`), fullPage });
  };

  it.each(Object.entries(LOOKS))('%s', async (name, look) => {
    mkdirSync(folder ?? '', { recursive: true });
    const page = await visitReady(opened(), look);
    await take(page, name);
    await take(page, `${name}-whole`, true);
    await page.click('#open-insight');
    await page.locator('.attention canvas').first().waitFor();
    await take(page, `${name}-insight`);
    await page.goto(`${opened().origin}bench.html`);
    await take(page, `${name}-bench`, true);
    await page.context().close();
  });
});
