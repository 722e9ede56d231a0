import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { launchChromium } from '../support/chromium.js';
import { type Route, serve } from '../support/static-server.js';
import type { PageApi } from './page/main.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** What a function of the page's resolves to. */
type Answer<K extends keyof PageApi> = Awaited<ReturnType<PageApi[K]>>;

/** A page of the library in Chromium. */
export interface TestPage {
  readonly origin: string;
  /** Every URL that the page, or a worker of it, has asked for. */
  readonly requests: readonly string[];
  readonly page: Page;
  /** Calls a function of `page/main.ts` there; arguments and result must survive JSON. */
  call<K extends keyof PageApi>(name: K, ...args: Parameters<PageApi[K]>): Promise<Answer<K>>;
}

/** The page's code, and the worker's, bundled as an application would bundle the library. */
async function bundles(): Promise<Record<string, Route>> {
  const { outputFiles } = await build({
    entryPoints: { main: 'test/browser/page/main.ts', worker: 'test/browser/page/worker.ts' },
    outdir: '/',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    loader: { '.wgsl': 'text' },
    absWorkingDir: ROOT,
    logLevel: 'warning',
    write: false,
  });
  return Object.fromEntries(outputFiles.map(({ path, contents }) => [path, { bytes: contents }]));
}

const HTML = '<!doctype html><title>zian-webgpu</title><script type="module" src="/main.js"></script>';

/** Serves the library, its examples and models, and these routes, to a browser of this test file's own. */
export function testPage(routes: Readonly<Record<string, Route>> = {}): () => TestPage {
  let opened: TestPage | undefined;
  beforeAll(async () => {
    const server = await serve({
      '/': { bytes: HTML },
      ...(await bundles()),
      '/examples/': { folder: `${ROOT}examples` },
      '/models/': { folder: `${ROOT}models` },
      '/images/': { folder: `${ROOT}test/fixtures/images` },
      ...routes,
    });
    afterAll(() => server.close());
    const browser = await launchChromium();
    afterAll(() => browser.close());
    const context = await browser.newContext();
    const requests: string[] = [];
    context.on('request', (request) => requests.push(request.url()));
    const page = await context.newPage();
    const failures: string[] = [];
    page.on('pageerror', (error) => failures.push(error.message));
    await page.goto(server.origin);
    opened = {
      origin: server.origin,
      requests,
      page,
      async call<K extends keyof PageApi>(name: K, ...args: Parameters<PageApi[K]>): Promise<Answer<K>> {
        await page.waitForFunction('globalThis.zianTests !== undefined');
        const result = await page.evaluate<Answer<K>>(
          `zianTests.call(${JSON.stringify(name)}, ${JSON.stringify(args)})`,
        );
        if (failures.length > 0) throw new Error(`the page failed: ${failures.join('; ')}`);
        return result;
      },
    };
  });
  return () => {
    if (!opened) throw new Error('used before it was opened');
    return opened;
  };
}
