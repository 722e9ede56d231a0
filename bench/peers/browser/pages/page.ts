import type { NetworkSpec } from '../../network.js';

/** What a page's engine gives to `serveEngine`. */
export interface PageEngine {
  /** Loads the network and runs it once. */
  start(): Promise<PageResult>;
  run(): Promise<void>;
}

export interface PageResult {
  readonly milliseconds: number;
  readonly about: string;
  readonly outputs: ReadonlyMap<string, Float32Array>;
}

/** What the bench reads off `startEngine`; the outputs are sent by themselves. */
export interface StartReport {
  readonly milliseconds: number;
  readonly about: string;
  readonly outputs: readonly string[];
}

/** Where the bench's server has the network's files. */
export const WEIGHTS = '/network/weights';
export const ONNX = '/network/onnx';

async function get(path: string): Promise<Response> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${response.statusText}`);
  return response;
}

export const getBlob = async (path: string): Promise<Blob> => (await get(path)).blob();

/** The network and its input. */
export async function getTask(): Promise<{ spec: NetworkSpec; input: Float32Array }> {
  const spec: NetworkSpec = await (await get('/network/spec')).json();
  return { spec, input: new Float32Array(await (await get('/network/input')).arrayBuffer()) };
}

/** Makes an engine known to the bench: as the functions `startEngine` and `runEngine` of the page. */
export function serveEngine(engine: PageEngine): void {
  const startEngine = async (): Promise<StartReport> => {
    const { milliseconds, about, outputs } = await engine.start();
    for (const [name, values] of outputs) {
      // A copy, because what lies in shared memory cannot be sent.
      await fetch(`/results/${encodeURIComponent(name)}`, { method: 'POST', body: values.slice() });
    }
    return { milliseconds, about, outputs: [...outputs.keys()] };
  };
  const runEngine = async (): Promise<number> => {
    const started = performance.now();
    await engine.run();
    return performance.now() - started;
  };
  Object.assign(globalThis, { startEngine, runEngine });
}

/** The adapter that a page gets, as one line. */
export async function adapterText(): Promise<string> {
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) return 'no adapter';
  const { vendor, architecture, device, description } = adapter.info;
  return [vendor, architecture, device, description].filter((part) => part !== '').join(' ');
}
