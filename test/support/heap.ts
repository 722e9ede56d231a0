/** Sends a command without parameters to a page or worker that is looked into. */
export type SendCommand = (
  method: 'HeapProfiler.collectGarbage' | 'Runtime.getHeapUsage',
) => Promise<object | undefined>;

/** Bytes that a full collection leaves. */
export interface HeapUse {
  /** JavaScript objects, and the buffers that belong to them. */
  readonly script: number;
  /** The browser's own objects behind them: elements and how they are laid out, canvases, events. */
  readonly browser: number;
}

/** @throws Error where the browser does not tell what Chromium does in its 147th version */
export async function heapUse(send: SendCommand): Promise<HeapUse> {
  await send('HeapProfiler.collectGarbage');
  // More than the protocol's types have.
  const figures = new Map<string, unknown>(Object.entries((await send('Runtime.getHeapUsage')) ?? {}));
  const bytes = (name: string): number => {
    const found = figures.get(name);
    if (typeof found !== 'number') throw new Error(`the browser does not tell ${name}`);
    return found;
  };
  return {
    script: bytes('usedSize') + bytes('backingStorageSize'),
    browser: bytes('embedderHeapUsedSize'),
  };
}

export const kilobytes = ({ script, browser }: HeapUse): string =>
  `${Math.round(script / 1024)} + ${Math.round(browser / 1024)} kB`;
