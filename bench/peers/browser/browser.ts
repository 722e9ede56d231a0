import { join } from 'node:path';
import { inputError } from '../../../src/errors.js';
import { INSTALL, loadPeer, peersFolder } from '../peer-package.js';
import type { FirstResult, NetworkFiles, Runner } from '../runner.js';
import type { StartReport } from './pages/page.js';
import { isPlaywright, type Page, type PlaywrightBrowser } from './playwright.js';
import { PageServer } from './server.js';

/** What a browser is opened with; see `Setting`. */
export interface BrowserSetting {
  readonly root: string;
  readonly adapterName: string;
  readonly env: NodeJS.ProcessEnv;
  /** For one command, in milliseconds. */
  readonly timeout: number;
}

/** Chromium without a window that does nothing but what it is told. */
const ALWAYS = [
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const SOFTWARE = ['swiftshader', 'llvmpipe'] as const;

/** Its own SwiftShader has to be asked for; others are reached by the system's Vulkan. */
const adapterArguments = (name: string): string[] =>
  /swiftshader/i.test(name)
    ? ['--use-webgpu-adapter=swiftshader']
    : ['--enable-features=Vulkan', '--use-angle=vulkan', '--use-vulkan=native', '--ignore-gpu-blocklist'];

/** Whether a browser's adapter is the one meant, as far as its name tells: software adapters are told apart. */
export function isSameAdapter(wanted: string, offered: string): boolean {
  if (offered === 'no adapter') return false;
  const kind = (text: string): string | undefined =>
    SOFTWARE.find((name) => text.toLowerCase().includes(name));
  return kind(wanted) === kind(offered);
}

const ADAPTER = `navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' }).then((a) =>
  a ? [a.info.vendor, a.info.architecture, a.info.device, a.info.description].filter(Boolean).join(' ') : 'no adapter')`;

const isStartReport = (value: unknown): value is StartReport =>
  typeof value === 'object' && value !== null && 'milliseconds' in value && 'outputs' in value;

class BrowserRunner implements Runner {
  readonly #browser: PlaywrightBrowser;
  readonly #page: Page;
  readonly #server: PageServer;
  readonly #timeout: number;
  readonly #crashed: Promise<never>;

  constructor(browser: PlaywrightBrowser, page: Page, server: PageServer, timeout: number) {
    this.#browser = browser;
    this.#page = page;
    this.#server = server;
    this.#timeout = timeout;
    this.#crashed = new Promise((_, reject) => {
      page.on('crash', () => reject(new Error('its page crashed')));
    });
    this.#crashed.catch(() => undefined);
  }

  async start(): Promise<FirstResult> {
    const report = await this.#evaluate('startEngine()');
    if (!isStartReport(report)) throw new Error('its page gave no result');
    const outputs = new Map<string, Float32Array>();
    for (const name of report.outputs)
      outputs.set(name, this.#server.results.get(name) ?? new Float32Array());
    const about = `${report.about}, Chromium ${this.#browser.version()}`;
    return { milliseconds: report.milliseconds, outputs, about };
  }

  async run(): Promise<number> {
    return Number(await this.#evaluate('runEngine()'));
  }

  async stop(): Promise<void> {
    this.#server.close();
    await this.#browser.close().catch(() => undefined);
  }

  async #evaluate(expression: string): Promise<unknown> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`it did not answer within ${this.#timeout / 1000} s`)),
        this.#timeout,
      );
    });
    try {
      return await Promise.race([this.#page.evaluate(expression), this.#crashed, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The packaged Chromium, unpacked. */
async function chromiumPath(): Promise<string> {
  try {
    const { default: chromium } = await import('@sparticuz/chromium');
    return await chromium.executablePath();
  } catch (cause) {
    throw inputError('Chromium cannot be had: the package @sparticuz/chromium is not installed (npm ci).', {
      cause,
    });
  }
}

/** Loads a page; waits until its engine is there, or tells why it is not. */
async function loadPage(page: Page, address: string, timeout: number): Promise<void> {
  const failed = new Promise<never>((_, reject) => {
    page.on('pageerror', reject);
  });
  failed.catch(() => undefined);
  await page.goto(address);
  await Promise.race([
    page.waitForFunction("typeof startEngine === 'function'", undefined, { timeout }),
    failed,
  ]);
}

/**
 * Opens a page of ours in a browser of its own, so that nothing that another page compiled or cached is there.
 * @param path of the page, with its query
 * @throws Error when the browser does not start, has another adapter, or the page fails
 */
export async function openBrowser(
  { root, adapterName, env, timeout }: BrowserSetting,
  files: NetworkFiles,
  path: string,
): Promise<Runner> {
  const playwright = await loadPeer(root, 'playwright-core');
  if (!isPlaywright(playwright))
    throw inputError(`playwright-core is not what it should be; install it again: ${INSTALL}`);
  const executablePath = await chromiumPath();
  const served = { dist: join(root, 'dist'), modules: join(peersFolder(root), 'node_modules') };
  const server = await PageServer.open(served, files);
  let browser: PlaywrightBrowser | undefined;
  try {
    const args = [...ALWAYS, ...adapterArguments(adapterName)];
    browser = await playwright.chromium.launch({ executablePath, args, env, headless: true });
    const page = await browser.newPage();
    await loadPage(page, `${server.address}/${path}`, timeout);
    const offered = String(await page.evaluate(ADAPTER));
    if (!isSameAdapter(adapterName, offered))
      throw new Error(`Chromium offers '${offered}' instead of ${adapterName}`);
    return new BrowserRunner(browser, page, server, timeout);
  } catch (error) {
    server.close();
    await browser?.close().catch(() => undefined);
    throw error;
  }
}
