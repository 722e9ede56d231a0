import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions, Download, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, vi } from 'vitest';
import { servePage } from '../../web/server/server.js';
import { launchChromium } from '../support/chromium.js';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Longer than anything that SwiftShader is asked to do here takes on a busy machine. */
export const PATIENCE = 180_000;
vi.setConfig({ testTimeout: 3 * PATIENCE, hookTimeout: 3 * PATIENCE });

/** The built page, served, and a browser. */
export interface Site {
  readonly origin: string;
  readonly browser: Browser;
  /** Every URL that a page or worker has asked for. */
  readonly requests: readonly string[];
  /** What went wrong in pages: uncaught errors, and messages of the content security policy. */
  readonly failures: readonly string[];
  /** Opens the page in a profile of its own. */
  visit(path?: string, options?: BrowserContextOptions): Promise<Page>;
  /** As if the host, or the way to it, were gone. */
  stopServing(): void;
}

/** Builds and serves the page to a browser of this test file's own. */
export function site(browserOptions: { readonly webgpu?: boolean } = {}): () => Site {
  let opened: Site | undefined;
  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'zian-web-'));
    afterAll(() => rmSync(folder, { recursive: true }));
    execFileSync(process.execPath, ['scripts/build-web.mjs', folder], { cwd: ROOT, stdio: 'inherit' });
    const server = await servePage(folder, 0);
    const stopServing = (): void => {
      server.closeAllConnections();
      server.close();
    };
    afterAll(stopServing);
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the server has no port');
    const origin = `http://localhost:${address.port}/`;
    const browser = await launchChromium(browserOptions);
    afterAll(() => browser.close());
    const requests: string[] = [];
    const failures: string[] = [];
    opened = {
      origin,
      browser,
      requests,
      failures,
      stopServing,
      async visit(path = '', options = {}) {
        const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, ...options });
        context.setDefaultTimeout(PATIENCE);
        context.on('request', (request) => requests.push(request.url()));
        context.on('weberror', (error) => failures.push(error.error().message));
        context.on('console', (message) => {
          if (message.type() === 'error') failures.push(message.text());
        });
        const page = await context.newPage();
        await page.goto(origin + path);
        return page;
      },
    };
  });
  return () => {
    if (!opened) throw new Error('used before it was opened');
    return opened;
  };
}

/** Until nothing is under way. */
export const idle = (page: Page): Promise<void> => page.locator('#activity').waitFor({ state: 'hidden' });

/** The row of a picture in the table. */
export const row = (page: Page, name: string) => page.locator('#pictures tbody tr').filter({ hasText: name });

/** The text of an element as a visitor sees it. */
export const text = (page: Page, of: string | Locator): Promise<string> =>
  // biome-ignore lint/performance/useDomNodeTextContent: hidden text is not what is asked for
  (typeof of === 'string' ? page.locator(of) : of).innerText();

/** Until a picture's landmark is found. */
export const done = (page: Page, name: string): Promise<void> =>
  row(page, name).locator('.state-done').first().waitFor();

/** The page with the first example's landmark found. */
export async function visitReady(from: Site, options?: BrowserContextOptions): Promise<Page> {
  const page = await from.visit('', options);
  await done(page, 'fundus-1.png');
  await idle(page);
  return page;
}

/** What a click downloads. */
export async function downloaded(page: Page, button: string): Promise<{ name: string; bytes: Buffer }> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.click(button)]);
  return { name: download.suggestedFilename(), bytes: await readDownload(download) };
}

const readDownload = async (download: Download): Promise<Buffer> => readFileSync(await download.path());

/** Drops files and folders on the page, as a file manager does. */
export async function drop(page: Page, paths: readonly string[]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x: 400, y: 400, data });
  await session.detach();
}

/** Chooses files in the dialog that a click opens. */
export async function choose(page: Page, button: string, paths: string | string[]): Promise<void> {
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.click(button)]);
  await chooser.setFiles(paths);
}
