/** Sends a command without parameters to a page or worker that is looked into. */
export type SendCommand = (
  method: 'HeapProfiler.collectGarbage' | 'Runtime.getHeapUsage',
) => Promise<object | undefined>;

/** Chromium reports more than the protocol's types have. */
const PARTS = ['usedSize', 'embedderHeapUsedSize', 'backingStorageSize'];

/** Bytes of JavaScript objects, and of the buffers that belong to them, that a full collection leaves. */
export async function heapBytes(send: SendCommand): Promise<number> {
  await send('HeapProfiler.collectGarbage');
  const figures = new Map<string, unknown>(Object.entries((await send('Runtime.getHeapUsage')) ?? {}));
  return PARTS.reduce((sum, name) => {
    const bytes = figures.get(name);
    if (typeof bytes !== 'number') throw new Error(`the browser does not tell ${name}`);
    return sum + bytes;
  }, 0);
}
