/** What is used here of playwright-core, whose types the root's packages do not have. */

export interface Page {
  goto(address: string): Promise<unknown>;
  evaluate(expression: string): Promise<unknown>;
  waitForFunction(expression: string, argument: undefined, options: { timeout: number }): Promise<unknown>;
  on(event: 'pageerror', listener: (error: Error) => void): void;
  on(event: 'crash', listener: () => void): void;
}

export interface PlaywrightBrowser {
  version(): string;
  newPage(): Promise<Page>;
  close(): Promise<void>;
}

export interface Playwright {
  readonly chromium: {
    launch(options: {
      readonly executablePath: string;
      readonly args: readonly string[];
      readonly env: NodeJS.ProcessEnv;
      readonly headless: boolean;
    }): Promise<PlaywrightBrowser>;
  };
}

/** Whether a package that was loaded has that interface. */
export const isPlaywright = (loaded: unknown): loaded is Playwright =>
  typeof loaded === 'object' && loaded !== null && 'chromium' in loaded;
