import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { choose, done, idle, ROOT, row, site, text, visitReady } from './support.js';

const opened = site();
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core finds wrong, a line each. The policy forbids scripts of others, so it comes in by the debugger. */
async function faults(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate<AxeResults>(
    'axe.run(document, { resultTypes: ["violations"] })',
  );
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

/** By how many pixels the page is wider than the window. The window of a phone would grow with it: its layout's width does not. */
const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

const VIEWS: readonly (BrowserContextOptions & { readonly name: string })[] = [
  { name: 'light', colorScheme: 'light' },
  { name: 'dark', colorScheme: 'dark' },
  {
    name: 'phone',
    colorScheme: 'light',
    viewport: { width: 375, height: 812 },
    isMobile: true,
    hasTouch: true,
  },
];

describe.each(VIEWS)('in $name', ({ name, ...options }) => {
  it('axe-core finds nothing, with all sections open', async () => {
    const page = await visitReady(opened(), options);
    await page.click('#open-insight');
    await page.locator('.attention figure').nth(2).waitFor();
    await page.click('#measure');
    await page.locator('.bars').waitFor();
    await page.click('details.reading summary');
    await page.click('#lose-device');
    await page.locator('.notice.good').waitFor();
    await idle(page);
    expect(await faults(page)).toEqual([]);
    expect(await overflow(page)).toBe(0);

    await page.click('#open-camera');
    await page.locator('#camera-error').waitFor();
    expect(await faults(page)).toEqual([]);
    await page.click('#camera-close');
    await choose(page, '#open-model', `${ROOT}test/fixtures/convert/bare.pth`);
    await page.locator('#convert-error').waitFor();
    expect(await faults(page)).toEqual([]);
    await page.context().close();

    const bench = await opened().visit('bench.html', options);
    expect(await faults(bench)).toEqual([]);
    expect(await overflow(bench)).toBe(0);
    await bench.context().close();
  });
});

describe('by keys alone', () => {
  it('a picture is opened, looked at and removed', async () => {
    const page = await visitReady(opened(), { reducedMotion: 'reduce' });
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the picture');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('viewer');
    const tabTo = async (wanted: string): Promise<void> => {
      for (let i = 0; i < 60; i++) {
        await page.keyboard.press('Tab');
        if (await page.evaluate((selector) => document.activeElement?.matches(selector), wanted)) return;
      }
      throw new Error(`the key Tab does not lead to ${wanted}`);
    };
    await tabTo('#stage');
    const outline = await page.evaluate(
      () => getComputedStyle(document.activeElement ?? document.body).outlineStyle,
    );
    expect(outline).toBe('solid');
    await tabTo('#examples li:nth-child(2) button');
    await page.keyboard.press('Enter');
    await done(page, 'fundus-2.jpg');
    await idle(page);
    expect(await text(page, '#viewer-name')).toBe('fundus-2.jpg');
    expect(await page.textContent('#announcer')).toMatch(
      /^fundus-2\.jpg: landmark found\. x \d+\.\d, y \d+\.\d/,
    );
    await tabTo('button[aria-label="Remove fundus-2.jpg"]');
    await page.keyboard.press('Enter');
    expect(await row(page, 'fundus-2.jpg').count()).toBe(0);
    expect(await text(page, '#viewer-name')).toBe('fundus-1.png');
    await page.context().close();
  });

  it('the theme follows the system until it is chosen, and the choice is kept', async () => {
    const page = await opened().visit('', { colorScheme: 'dark' });
    const ground = (): Promise<string> =>
      page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(await ground()).toBe('rgb(15, 21, 24)');
    await page.click('#theme');
    expect(await text(page, '#theme')).toBe('Theme: light');
    expect(await ground()).toBe('rgb(244, 246, 247)');
    await page.reload();
    expect(await ground()).toBe('rgb(244, 246, 247)');
    await page.context().close();
  });
});

it('the policy lets nothing through that is not the page’s own', async () => {
  const page = await opened().visit('bench.html');
  const blocked = await page.evaluate(async () => {
    const violations: string[] = [];
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
      violations.push(effectiveDirective);
    });
    await fetch('https://example.org/').catch(() => undefined);
    document.body.append(
      Object.assign(document.createElement('script'), { textContent: 'window.ran = true' }),
    );
    document.body.append(Object.assign(document.createElement('img'), { src: 'https://example.org/a.png' }));
    await new Promise((resolve) => setTimeout(resolve, 500));
    return { violations, ran: 'ran' in window };
  });
  expect(blocked.ran).toBe(false);
  expect(blocked.violations).toEqual(expect.arrayContaining(['connect-src', 'script-src-elem', 'img-src']));
  const response = await page.goto(`${opened().origin}worker.js`);
  expect(await response?.headerValue('content-security-policy')).toContain("default-src 'none'");
  await page.context().close();
});
